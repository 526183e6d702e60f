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

    /// <summary>Directory, link, device, pipe, socket, character device, irregular (Go's fs.ModeType).</summary>
    private const uint GoTypeBits = (1u << 31) | (1u << 27) | (1u << 26) | (1u << 25) | (1u << 24) | (1u << 21) | (1u << 19);

    [System.Text.Json.Serialization.JsonPropertyName("name")]
    public string Name { get; init; } = "";

    [System.Text.Json.Serialization.JsonPropertyName("size")]
    public long Size { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("mode")]
    public uint Mode { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("mtime")]
    public DateTimeOffset Modified { get; init; }

    /// <summary>Where a link leads in the end, as an absolute path in the container; empty for others.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("linkTarget")]
    public string LinkTarget { get; init; } = "";

    /// <summary>Unix permission bits.</summary>
    public int Permissions => (int)(Mode & 0x1FF);

    /// <summary>True for a plain file: no directory, link, device, pipe or socket.</summary>
    public bool IsFile => (Mode & GoTypeBits) == 0;

    public bool IsDirectory => (Mode & GoDirectory) != 0;

    public bool IsSymlink => (Mode & GoSymlink) != 0;
}
