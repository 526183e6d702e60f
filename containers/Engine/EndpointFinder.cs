using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>
/// Finds the engine in the order docker's own command line uses: parameter, DOCKER_HOST, DOCKER_CONTEXT, the configuration's
/// current context, the default socket or pipe; then rootless, Desktop and podman sockets that exist.
/// </summary>
public static class EndpointFinder
{
    /// <summary>Finds the engine's address; no connection is made.</summary>
    /// <param name="parameter">What the user named; null when nothing.</param>
    /// <param name="environment">Reads a variable of the caller's environment.</param>
    /// <exception cref="MemToolsException">ContainerHostInvalid, ContainerContextNotFound, ContainerConfigInvalid.</exception>
    public static EngineEndpoint Find(string? parameter, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        // DOCKER_TLS asks for TLS without checking the server, DOCKER_TLS_VERIFY with.
        bool verify = NotEmpty(environment("DOCKER_TLS_VERIFY")) is not null;
        string? tlsPath = !verify && NotEmpty(environment("DOCKER_TLS")) is null ? null
            : NotEmpty(environment("DOCKER_CERT_PATH")) ?? ConfigPath(environment);
        if (NotEmpty(parameter) is { } given)
            return EndpointParser.Parse(given, "the parameter", tlsPath, verify || tlsPath is null);
        if (NotEmpty(environment("DOCKER_HOST")) is { } host)
            return EndpointParser.Parse(host, "DOCKER_HOST", tlsPath, verify || tlsPath is null);

        string config = ConfigPath(environment);
        string? context = NotEmpty(environment("DOCKER_CONTEXT"));
        string source = "DOCKER_CONTEXT";
        if (context is null)
        {
            source = Path.Combine(config, "config.json");
            context = CurrentContext(source);
        }

        if (context is not null and not "default")
            return FromContext(config, context, source);
        return Sockets(environment).FirstOrDefault(s => SocketExists(s)) ?? Sockets(environment).First();
    }

    /// <summary>The conventional sockets, in the order they are tried.</summary>
    private static IEnumerable<EngineEndpoint> Sockets(Func<string, string?> environment)
    {
        if (OperatingSystem.IsWindows())
        {
            yield return new EngineEndpoint { Transport = EngineTransport.NamedPipe, Path = "docker_engine", Source = "default pipe" };
            yield return new EngineEndpoint { Transport = EngineTransport.NamedPipe, Path = "podman-machine-default", Source = "podman pipe" };
            yield break;
        }

        yield return Unix("/var/run/docker.sock", "default socket");
        string? runtime = NotEmpty(environment("XDG_RUNTIME_DIR"));
        string? home = NotEmpty(environment("HOME"));
        if (runtime is not null)
            yield return Unix(runtime + "/docker.sock", "rootless socket");
        if (home is not null)
        {
            yield return Unix(home + "/.docker/run/docker.sock", "Docker Desktop socket");
            yield return Unix(home + "/.docker/desktop/docker.sock", "Docker Desktop socket");
        }

        if (runtime is not null)
            yield return Unix(runtime + "/podman/podman.sock", "rootless podman socket");
        yield return Unix("/run/podman/podman.sock", "podman socket");
    }

    private static EngineEndpoint Unix(string path, string source) =>
        new() { Transport = EngineTransport.UnixSocket, Path = path, Source = source };

    private static bool SocketExists(EngineEndpoint endpoint) => endpoint.Transport == EngineTransport.NamedPipe
        ? File.Exists(@"\\.\pipe\" + endpoint.Path)
        : File.Exists(endpoint.Path);

    /// <summary>The folder of docker's configuration.</summary>
    internal static string ConfigPath(Func<string, string?> environment) =>
        NotEmpty(environment("DOCKER_CONFIG"))
        ?? Path.Combine(NotEmpty(environment("HOME")) ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");

    private static string? CurrentContext(string file)
    {
        if (!File.Exists(file))
            return null;
        using JsonDocument json = ParseFile(file);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("currentContext", out JsonElement name)
            && name.ValueKind == JsonValueKind.String ? NotEmpty(name.GetString()) : null;
    }

    /// <summary>Context store: contexts/meta/SHA-256 of the name/meta.json and contexts/tls/SHA-256/docker.</summary>
    private static EngineEndpoint FromContext(string config, string context, string source)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(context)));
        string file = Path.Combine(config, "contexts", "meta", id, "meta.json");
        if (!File.Exists(file))
        {
            throw new MemToolsException(
                "ContainerContextNotFound", MemToolsErrorCategory.ObjectNotFound,
                $"The context '{context}' (from {source}) does not exist.", context,
                "List the contexts with 'docker context ls', or name the engine with DOCKER_HOST.");
        }

        using JsonDocument json = ParseFile(file);
        if (Property(json.RootElement, "Endpoints") is not { } endpoints || Property(endpoints, "docker") is not { } docker
            || Property(docker, "Host") is not { ValueKind: JsonValueKind.String } host || host.GetString() is not { Length: > 0 } address)
            throw BadConfig(file, "it names no docker endpoint", null);
        bool skip = docker.TryGetProperty("SkipTLSVerify", out JsonElement skipTls) && skipTls.ValueKind == JsonValueKind.True;
        string tls = Path.Combine(config, "contexts", "tls", id, "docker");
        return EndpointParser.Parse(address, $"context {context}", Directory.Exists(tls) ? tls : null, !skip);
    }

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static JsonDocument ParseFile(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw BadConfig(file, error.Message, error);
        }
    }

    private static MemToolsException BadConfig(string file, string why, Exception? inner) => new(
        "ContainerConfigInvalid", MemToolsErrorCategory.InvalidData, $"{file} cannot be used: {why}.", file,
        "Correct the file, or name the engine with DOCKER_HOST.", inner);

    private static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
