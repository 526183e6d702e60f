using System.Management.Automation;
using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Containers;
using MemTools.Containers.Provisioning;
using MemTools.Containers.Targets;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Installs allocators and leak engines.</summary>
[Cmdlet(VerbsLifecycle.Install, "Allocator", SupportsShouldProcess = true)]
[OutputType(typeof(Allocator))]
public sealed class InstallAllocatorCommand : AllocatorStoreCmdlet
{
    /// <summary>A running container to install into.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>An image to make a new one of.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Image { get; set; }

    /// <summary>The new image's tag or name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Tag { get; set; }

    /// <summary>How it gets into a container or image.</summary>
    [Parameter]
    public InstallMethod Method { get; set; }

    /// <summary>The user in the container.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var name in Name)
        {
            try
            {
                if (Container is not null || Image is not null)
                    InstallInside(new InstallRequest { Name = name, Version = Version, Force = Force, Method = Method });
                else
                    Install(new InstallRequest { Name = name, Scope = ScopeValue, Version = Version, Force = Force });
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }

    private void InstallInside(InstallRequest request)
    {
        if (Container is not null && Image is not null)
        {
            throw new MemToolsException(
                "ContainerParameterConflict", MemToolsErrorCategory.InvalidArgument, "-Container and -Image exclude each other.", Image, "Leave one out.");
        }
        if (Image is not null && Tag is null)
        {
            throw new MemToolsException(
                "ImageTagMissing", MemToolsErrorCategory.InvalidArgument, "An image is never changed: an install makes a new one, which needs a name.", Image,
                "Give the new image's tag: -Tag NAME.");
        }
        var options = new ContainerOptions { User = User };
        if (IsWhatIf)
        {
            Tell(Await(token => InsideAsync(options, session => ContainerProvisioner.PlanAsync(request, session, token), token)), "Install");
            return;
        }
        if (!ShouldProcess(request.Name, $"Install into {(Container is null ? $"a new image {Tag} of {Image}" : $"the container {Container}")}"))
            return;
        var steps = Steps();
        var result = Await(token => InsideAsync(options, session => Container is not null
            ? ContainerProvisioner.InstallAsync(request, session, steps, token)
            : ImageProvisioner.InstallAsync(request, session, Tag!, options, steps, token), token));
        WriteVerbose(result.Install.AlreadyInstalled
            ? $"{request.Name} is there already: {result.Install.Allocator.Path}. -Force installs it again."
            : $"Installed by {result.Method}: {result.Install.Allocator.Path}{(result.Image is null ? "" : $" in the new image {result.Image}")}.");
        WriteObject(result.Install.Allocator);
    }

    private async Task<T> InsideAsync<T>(ContainerOptions options, Func<ContainerSession, Task<T>> work, CancellationToken token)
    {
        await using var session = Container is { } container
            ? await ContainerSession.OpenContainerAsync(container, options, cancellation: token).ConfigureAwait(false)
            : await ContainerSession.OpenImageAsync(Image!, options, cancellation: token).ConfigureAwait(false);
        return await work(session).ConfigureAwait(false);
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
