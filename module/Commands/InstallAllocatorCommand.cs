using System.Management.Automation;
using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Installs allocators and leak engines.</summary>
[Cmdlet(VerbsLifecycle.Install, "Allocator", SupportsShouldProcess = true)]
[OutputType(typeof(Allocator))]
public sealed class InstallAllocatorCommand : AllocatorStoreCmdlet
{
    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var name in Name)
        {
            try
            {
                Install(new InstallRequest { Name = name, Scope = ScopeValue, Version = Version, Force = Force });
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }

    private void Install(InstallRequest request)
    {
        if (IsWhatIf)
        {
            Tell(Await(token => Provisioner.PlanAsync(request, LocalTarget.Instance, token)), "Install");
            return;
        }
        if (!ShouldProcess(request.Name, $"Install for {Scope}"))
            return;
        var result = Await(token => Provisioner.InstallAsync(request, LocalTarget.Instance, Steps(), token));
        WriteVerbose(result.AlreadyInstalled
            ? $"{request.Name} is there already: {result.Allocator.Path}. -Force installs it again."
            : $"Installed {string.Join(", ", result.Packages)}: {result.Allocator.Path}.");
        WriteObject(result.Allocator);
    }
}
