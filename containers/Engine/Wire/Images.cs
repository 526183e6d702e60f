namespace MemTools.Containers.Engine.Wire;

/// <summary>An entry of GET /images/json.</summary>
public sealed record ImageSummary
{
    public string Id { get; init; } = "";

    public string[]? RepoTags { get; init; }

    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>One line of the answer to POST /images/create.</summary>
public sealed record PullProgress
{
    [System.Text.Json.Serialization.JsonPropertyName("status")]
    public string? Status { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("id")]
    public string? Id { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("error")]
    public string? Error { get; init; }
}

/// <summary>GET /images/{name}/json, as far as it is used.</summary>
public sealed record ImageDetails
{
    public string Id { get; init; } = "";

    /// <summary>Go's name: amd64, arm64.</summary>
    public string Architecture { get; init; } = "";

    public string Os { get; init; } = "";

    public ContainerConfig Config { get; init; } = new();
}
