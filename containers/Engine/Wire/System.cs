namespace MemTools.Containers.Engine.Wire;

/// <summary>GET /info, as far as it is used.</summary>
public sealed record EngineInfo
{
    public string ServerVersion { get; init; } = "";

    public string Architecture { get; init; } = "";

    public string OperatingSystem { get; init; } = "";

    public string[]? SecurityOptions { get; init; }

    public int NCPU { get; init; }

    public long MemTotal { get; init; }
}

/// <summary>GET /version, as far as it is used.</summary>
public sealed record EngineVersion
{
    public string Version { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    public string? MinAPIVersion { get; init; }
}

/// <summary>One event of GET /events.</summary>
public sealed record EngineEvent
{
    public string Action { get; init; } = "";

    public string Type { get; init; } = "";

    public EventActor Actor { get; init; } = new();
}

public sealed record EventActor
{
    public string ID { get; init; } = "";

    public Dictionary<string, string>? Attributes { get; init; }
}

/// <summary>The decoded X-Docker-Container-Path-Stat header. Mode is Go's FileMode: bit 31 directory, bit 27 symbolic link.</summary>
public sealed record PathStat
{
    private const uint GoDirectory = 1u << 31;
    private const uint GoSymlink = 1u << 27;

    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [System.Text.Json.Serialization.JsonPropertyName("size")]
    public long Size { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("mode")]
    public uint Mode { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("linkTarget")]
    public string LinkTarget { get; init; } = "";

    public bool IsDirectory => (Mode & GoDirectory) != 0;

    public bool IsSymlink => (Mode & GoSymlink) != 0;
}
