using System.Management.Automation;
using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Removes allocators and leak engines.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "Allocator", SupportsShouldProcess = true)]
public sealed class UninstallAllocatorCommand : AllocatorStoreCmdlet
{
    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var name in Name)
        {
            try
            {
                Uninstall(new UninstallRequest { Name = name, Scope = ScopeValue, Version = Version, Force = Force });
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }

    private void Uninstall(UninstallRequest request)
    {
        if (IsWhatIf)
        {
            Tell(Await(token => Provisioner.PlanUninstallAsync(request, LocalTarget.Instance, token)), "Uninstall");
            return;
        }
        if (!ShouldProcess(request.Name, $"Uninstall for {Scope}"))
            return;
        var done = Await(token => Provisioner.UninstallAsync(request, LocalTarget.Instance, Steps(), token));
        WriteVerbose($"Removed {request.Name} from {done.Folder ?? $"the system of {done.Target}"}.");
    }
}
