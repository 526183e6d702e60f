namespace MemTools.Containers.Targets;

/// <summary>When an image is pulled.</summary>
public enum PullPolicy
{
    /// <summary>When the engine does not have it.</summary>
    Missing,
    Always,
    Never,
}

/// <summary>
/// What a user of docker expects to say about a container. Those marked "image" are for containers that are made for a run; a running container has
/// them already.
/// </summary>
public sealed record ContainerOptions
{
    /// <summary>Variables on top of the image's or the container's (null value: to remove).</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Image: <c>SOURCE:TARGET[:ro]</c>; a source with a slash is a path of the engine's machine, another a volume's name.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Directory in the container; null for the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary><c>name</c>, <c>uid</c> or <c>uid:gid</c>; null for the image's or the container's.</summary>
    public string? User { get; init; }

    /// <summary>Image: <c>bridge</c>, <c>none</c>, <c>host</c> or a network's name; null for the engine's default.</summary>
    public string? Network { get; init; }

    /// <summary>Image: limit in bytes; null for none.</summary>
    public long? Memory { get; init; }

    /// <summary>Image: CPUs, for example 1.5; null for no limit.</summary>
    public double? CpuCount { get; init; }

    /// <summary>Image: <c>linux/arm64</c> and the like; null for the engine's own.</summary>
    public string? Platform { get; init; }

    /// <summary>Image: replaces the image's entry point; empty for none at all; null to keep the image's.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Image: when it is pulled.</summary>
    public PullPolicy Pull { get; init; }

    /// <summary>Image: leaves the container for inspection when the run is over.</summary>
    public bool Keep { get; init; }

    /// <summary>Image: read-only root file system.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Image: directories in memory, <c>PATH[:options]</c>.</summary>
    public IReadOnlyList<string> Tmpfs { get; init; } = [];

    /// <summary>Image: capabilities to add; nothing is added unless asked for.</summary>
    public IReadOnlyList<string> CapAdd { get; init; } = [];

    /// <summary>Image: capabilities to drop, <c>ALL</c> for all.</summary>
    public IReadOnlyList<string> CapDrop { get; init; } = [];

    /// <summary>Image: for example <c>no-new-privileges</c> or <c>seccomp=unconfined</c>.</summary>
    public IReadOnlyList<string> SecurityOpt { get; init; } = [];

    /// <summary>Image: the engine's init as process 1, which passes signals on and reaps.</summary>
    public bool Init { get; init; }
}
