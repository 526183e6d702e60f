using System.CommandLine;
using MemTools.Cli.Parsing;
using MemTools.Containers;
using MemTools.Containers.Targets;

namespace MemTools.Cli.Running;

/// <summary>The options that name a container or an image, and say how its container is made.</summary>
internal sealed class ContainerRunOptions
{
    private readonly Option<string?> _container = Values.Text("--container", "NAME", "run in this running container");
    private readonly Option<string?> _image = Values.Text("--image", "NAME", "run in a container that is made of this image and removed afterwards");
    private readonly Option<string[]> _volume = Values.Texts("--volume", "SOURCE:TARGET", "image: a volume; may be repeated");
    private readonly Option<string?> _user = Values.Text("--user", "USER", "the user in the container, by name or number");
    private readonly Option<string?> _network = Values.Text("--network", "NAME", "image: the network");
    private readonly Setting<long?> _memory = Values.Size("--memory", "image: the memory limit");
    private readonly Setting<double?> _cpus = Values.Cpus("--cpus", "image: the number of CPUs, such as 1.5");
    private readonly Option<string?> _platform = Values.Text("--platform", "PLATFORM", "image: such as linux/arm64");
    private readonly Option<string[]> _entrypoint = Values.Texts("--entrypoint", "WORD", "image: replaces the entry point; may be repeated");
    private readonly Setting<PullPolicy> _pull = Values.Choice(
        "--pull", "image: when it is pulled", PullPolicy.Missing, ("missing", PullPolicy.Missing), ("always", PullPolicy.Always), ("never", PullPolicy.Never));
    private readonly Setting<bool> _keep = Values.Flag("--keep", "image: leave the container for inspection");
    private readonly Setting<bool> _readOnly = Values.Flag("--read-only", "image: a read-only root file system");
    private readonly Option<string[]> _tmpfs = Values.Texts("--tmpfs", "PATH[:OPTIONS]", "image: a directory in memory; may be repeated");
    private readonly Option<string[]> _capAdd = Values.Texts("--cap-add", "NAME", "image: a capability to add; may be repeated");
    private readonly Option<string[]> _capDrop = Values.Texts("--cap-drop", "NAME", "image: a capability to drop; may be repeated");
    private readonly Option<string[]> _securityOpt = Values.Texts("--security-opt", "OPTION", "image: a security option; may be repeated");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_container, _image, _volume, _user, _network, _platform, _entrypoint, _tmpfs, _capAdd, _capDrop, _securityOpt])
            command.Options.Add(option);
        command.Options.Add(_memory);
        command.Options.Add(_cpus);
        command.Options.Add(_pull);
        command.Options.Add(_keep);
        command.Options.Add(_readOnly);
    }

    /// <summary>True when an image is named, whose own command may be meant.</summary>
    public bool IsImage(ParseResult options) => options.GetValue(_image) is not null;

    /// <summary>The container or image; null for this machine.</summary>
    public async Task<ContainerSession?> OpenAsync(ParseResult options, CancellationToken cancellation)
    {
        string? container = options.GetValue(_container), image = options.GetValue(_image);
        if (container is not null && image is not null)
            throw new UsageException("--container and --image exclude each other");
        if (container is null && image is null)
            return null;
        var made = new ContainerOptions
        {
            Volumes = options.GetValue(_volume) ?? [],
            User = options.GetValue(_user),
            Network = options.GetValue(_network),
            Memory = options.GetValue(_memory),
            CpuCount = options.GetValue(_cpus),
            Platform = options.GetValue(_platform),
            Entrypoint = options.GetValue(_entrypoint) is { Length: > 0 } words ? words : null,
            Pull = options.GetValue(_pull),
            Keep = options.GetValue(_keep),
            ReadOnly = options.GetValue(_readOnly),
            Tmpfs = options.GetValue(_tmpfs) ?? [],
            CapAdd = options.GetValue(_capAdd) ?? [],
            CapDrop = options.GetValue(_capDrop) ?? [],
            SecurityOpt = options.GetValue(_securityOpt) ?? [],
        };
        return container is not null
            ? await ContainerSession.OpenContainerAsync(container, made, cancellation: cancellation)
            : await ContainerSession.OpenImageAsync(image!, made, cancellation: cancellation);
    }
}
