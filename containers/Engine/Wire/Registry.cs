using System.Text.Json.Serialization;

namespace MemTools.Containers.Engine.Wire;

/// <summary>The X-Registry-Auth header's content and what a credential helper answers. Never logged.</summary>
internal sealed record RegistryCredentials
{
    [JsonPropertyName("username")]
    public string? Username { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; init; }

    /// <summary>No secret in a log, a message or a debugger's window.</summary>
    public override string ToString() => "credentials of " + ServerAddress;
}
