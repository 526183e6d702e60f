using System.Text.Json.Serialization;

namespace MemTools.Containers.Engine.Wire;

/// <summary>An entry of GET /containers/json.</summary>
public sealed record ContainerSummary
{
    public string Id { get; init; } = "";

    public string[] Names { get; init; } = [];

    public string Image { get; init; } = "";

    public string State { get; init; } = "";

    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>GET /containers/{id}/json, as far as it is used.</summary>
public sealed record ContainerDetails
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Image { get; init; } = "";

    /// <summary>The program that process 1 executes.</summary>
    public string? Path { get; init; }

    public ContainerState State { get; init; } = new();

    public ContainerConfig Config { get; init; } = new();

    public HostConfig? HostConfig { get; init; }

    public MountPoint[]? Mounts { get; init; }
}

public sealed record ContainerState
{
    public string Status { get; init; } = "";

    public bool Running { get; init; }

    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }

    public int Pid { get; init; }

    public int ExitCode { get; init; }

    public string? Error { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

public sealed record ContainerConfig
{
    public string? User { get; init; }

    public bool Tty { get; init; }

    public string[]? Env { get; init; }

    public string[]? Cmd { get; init; }

    public string[]? Entrypoint { get; init; }

    public string? WorkingDir { get; init; }

    public string? Image { get; init; }

    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>Body of POST /containers/create.</summary>
public sealed record CreateContainerRequest
{
    public required string Image { get; init; }

    public string[]? Cmd { get; init; }

    public string[]? Entrypoint { get; init; }

    public string[]? Env { get; init; }

    public string? User { get; init; }

    public string? WorkingDir { get; init; }

    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; } = true;

    public bool AttachStderr { get; init; } = true;

    public Dictionary<string, string>? Labels { get; init; }

    public HostConfig? HostConfig { get; init; }
}

public sealed record HostConfig
{
    public string[]? Binds { get; init; }

    public Mount[]? Mounts { get; init; }

    public string? NetworkMode { get; init; }

    /// <summary>Bytes; 0 for no limit.</summary>
    public long Memory { get; init; }

    /// <summary>CPUs times 10^9.</summary>
    public long NanoCpus { get; init; }

    public bool ReadonlyRootfs { get; init; }

    public string[]? CapAdd { get; init; }

    public string[]? CapDrop { get; init; }

    public string[]? SecurityOpt { get; init; }

    public Dictionary<string, string>? Tmpfs { get; init; }

    public bool? Init { get; init; }

    public LogConfig? LogConfig { get; init; }
}

/// <summary>Where the engine keeps a container's output.</summary>
public sealed record LogConfig
{
    /// <summary>Keeps nothing: the streams are attached, and a second copy would cost the engine's disk.</summary>
    public static readonly LogConfig None = new() { Type = "none" };

    public string Type { get; init; } = "";
}

/// <summary>A mount to make; without a source of type volume it is anonymous and goes with its container.</summary>
public sealed record Mount
{
    public string Type { get; init; } = "volume";

    public required string Target { get; init; }

    public string? Source { get; init; }

    public bool ReadOnly { get; init; }
}

/// <summary>A mount that a container has.</summary>
public sealed record MountPoint
{
    public string Type { get; init; } = "";

    /// <summary>Of a volume.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where the engine has it, on its own machine.</summary>
    public string Source { get; init; } = "";

    public string Destination { get; init; } = "";

    public bool RW { get; init; }
}

public sealed record CreatedId
{
    public string Id { get; init; } = "";
}

public sealed record WaitResult
{
    public long StatusCode { get; init; }
}
