using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>
/// The credentials that the user gave to <c>docker login</c>, for a pull: from a credential helper (<c>credHelpers</c>, <c>credsStore</c>) or from
/// <c>auths</c> in docker's config.json. They go into one request header and nowhere else.
/// </summary>
internal static class RegistryAuth
{
    /// <summary>The X-Registry-Auth value; null when the user has no credentials for the registry.</summary>
    public static async Task<string?> HeaderAsync(string configFolder, string registry, CancellationToken cancellation)
    {
        string file = Path.Combine(configFolder, "config.json");
        if (!File.Exists(file))
            return null;
        RegistryCredentials? found;
        try
        {
            using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellation));
            JsonElement root = json.RootElement;
            string? helper = Text(root, "credHelpers", registry) ?? (root.TryGetProperty("credsStore", out JsonElement store) ? store.GetString() : null);
            found = helper is { Length: > 0 } ? await FromHelperAsync(helper, registry, cancellation) : null;
            found ??= FromFile(root, registry);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "ContainerConfigInvalid", MemToolsErrorCategory.InvalidData, $"The credentials for '{registry}' in {file} cannot be read: {error.GetType().Name}.",
                file, "Log in again with 'docker login', or pull the image beforehand.", error);
        }

        return found is null ? null : Encode(found with { ServerAddress = registry });
    }

    private static string Encode(RegistryCredentials credentials) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(credentials, EngineJson.Default.RegistryCredentials)).Replace('+', '-').Replace('/', '_');

    private static string? Text(JsonElement root, string property, string key) =>
        root.TryGetProperty(property, out JsonElement map) && map.ValueKind == JsonValueKind.Object && map.TryGetProperty(key, out JsonElement value)
            ? value.GetString() : null;

    /// <summary><c>auths.REGISTRY.auth</c> is base64 of <c>user:password</c>; keys may be written as a URL.</summary>
    private static RegistryCredentials? FromFile(JsonElement root, string registry)
    {
        if (!root.TryGetProperty("auths", out JsonElement auths) || auths.ValueKind != JsonValueKind.Object)
            return null;
        foreach (JsonProperty entry in auths.EnumerateObject())
        {
            if (Host(entry.Name) != Host(registry) || entry.Value.ValueKind != JsonValueKind.Object)
                continue;
            string? token = entry.Value.TryGetProperty("identitytoken", out JsonElement identity) ? identity.GetString() : null;
            if (!entry.Value.TryGetProperty("auth", out JsonElement auth) || auth.GetString() is not { Length: > 0 } packed)
                return token is null ? null : new RegistryCredentials { IdentityToken = token };
            string plain = Encoding.UTF8.GetString(Convert.FromBase64String(packed));
            int colon = plain.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? null
                : new RegistryCredentials { Username = plain[..colon], Password = plain[(colon + 1)..].TrimEnd('\0'), IdentityToken = token };
        }

        return null;
    }

    private static string Host(string address)
    {
        int scheme = address.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? address : address[(scheme + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest : rest[..slash];
    }

    /// <summary>The helpers' protocol: <c>docker-credential-NAME get</c>, the server on standard input, JSON on standard output.</summary>
    private static async Task<RegistryCredentials?> FromHelperAsync(string helper, string registry, CancellationToken cancellation)
    {
        if (helper.AsSpan().ContainsAny('/', '\\'))
            return null;
        var start = new ProcessStartInfo("docker-credential-" + helper, "get")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(registry.AsMemory(), cancellation);
            process.StandardInput.Close();
            string answer = await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
                return null; // no credentials kept: the pull is anonymous, and the registry says if that will not do
            using JsonDocument json = JsonDocument.Parse(answer);
            string? user = json.RootElement.GetProperty("Username").GetString();
            string? secret = json.RootElement.GetProperty("Secret").GetString();
            return user == "<token>" ? new RegistryCredentials { IdentityToken = secret } : new RegistryCredentials { Username = user, Password = secret };
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // the helper that docker is configured for is not installed here
        }
    }
}
