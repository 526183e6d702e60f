using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>
/// The Docker Engine API (also podman's), as much of it as the project needs; one file per area. Thread-safe. Every call takes a
/// cancellation token; no call logs headers or bodies.
/// </summary>
public sealed partial class EngineClient : IDisposable
{
    /// <summary>Longest JSON answer that is read; a list of ten thousand containers is about 10 MiB.</summary>
    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    private const int MaxErrorBytes = 64 * 1024;

    private readonly HttpClient http;

    private EngineClient(EngineEndpoint endpoint, HttpClient http)
    {
        Endpoint = endpoint;
        this.http = http;
    }

    /// <summary>Where it is connected to.</summary>
    public EngineEndpoint Endpoint { get; }

    /// <summary>The version that is spoken: the lower of the server's newest and ours, never below the server's oldest.</summary>
    public ApiVersion Version { get; private set; }

    /// <summary>The engine's own name for itself in the Server header, for example <c>Docker/20.10.24 (linux)</c>; may be empty.</summary>
    public string Server { get; private set; } = "";

    /// <summary>True for podman's compatible API.</summary>
    public bool IsPodman => Server.StartsWith("Libpod", StringComparison.OrdinalIgnoreCase);

    /// <summary>Connects and agrees on a version.</summary>
    /// <exception cref="MemToolsException">ContainerEngineUnreachable, ContainerEngineDenied, ContainerEngineAnswer, ContainerApiVersion.</exception>
    public static Task<EngineClient> ConnectAsync(EngineEndpoint endpoint, CancellationToken cancellation) =>
        ConnectAsync(endpoint, Environment.GetEnvironmentVariable("DOCKER_API_VERSION"), cancellation);

    internal static async Task<EngineClient> ConnectAsync(EngineEndpoint endpoint, string? pinnedVersion, CancellationToken cancellation)
    {
        var client = new EngineClient(endpoint, NewHttp(endpoint, null));
        try
        {
            await client.NegotiateAsync(pinnedVersion, cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static HttpClient NewHttp(EngineEndpoint endpoint, Action<Stream>? connected) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectCallback = async (_, cancellation) =>
        {
            Stream stream = await EngineDialer.DialAsync(endpoint, cancellation);
            connected?.Invoke(stream);
            return stream;
        },
    })
    {
        BaseAddress = new Uri("http://engine/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private async Task NegotiateAsync(string? pinnedVersion, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "_ping"), false, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw answer.Headers.Contains("Api-Version") ? await ErrorAsync(answer, "answer a ping", "", cancellation)
                : NotAnEngine($"it answers a ping with status {(int)answer.StatusCode}", null);
        Server = answer.Headers.TryGetValues("Server", out IEnumerable<string>? server) ? string.Join(' ', server) : "";
        bool known = ApiVersion.TryParse(Header(answer, "Api-Version"), out ApiVersion newest);
        if (!known)
            throw NotAnEngine("it names no API version", null);
        if (pinnedVersion is { Length: > 0 })
        {
            Version = ApiVersion.TryParse(pinnedVersion, out ApiVersion pinned) ? pinned : throw new MemToolsException(
                "ContainerApiVersion", MemToolsErrorCategory.InvalidArgument, $"DOCKER_API_VERSION is '{pinnedVersion}', which is no API version.",
                pinnedVersion, "Unset DOCKER_API_VERSION, or set it to a version such as 1.41.");
            return;
        }

        Version = newest < ApiVersion.Newest ? newest : ApiVersion.Newest;
        if (newest > ApiVersion.Newest)
            Version = await RaiseToMinimumAsync(cancellation);
        if (Version < ApiVersion.Oldest)
        {
            throw new MemToolsException(
                "ContainerApiVersion", MemToolsErrorCategory.NotImplemented,
                $"The engine at {Endpoint} speaks API {newest}; at least {ApiVersion.Oldest} (Docker 20.10) is needed.", Endpoint.ToString(),
                "Update the container engine.");
        }
    }

    /// <summary>A server newer than this client may no longer speak the newest version the client knows: then its oldest is spoken.</summary>
    private async Task<ApiVersion> RaiseToMinimumAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "version"), false, cancellation);
        EngineVersion version = await ReadAsync(answer, EngineJson.Default.EngineVersion, "tell its version", "", cancellation);
        return ApiVersion.TryParse(version.MinAPIVersion, out ApiVersion oldest) && oldest > ApiVersion.Newest ? oldest : ApiVersion.Newest;
    }

    private MemToolsException NotAnEngine(string why, Exception? inner) => new(
        "ContainerEngineAnswer", MemToolsErrorCategory.InvalidData,
        $"What answers at {Endpoint} ({Endpoint.Source}) is not a container engine: {why}.", Endpoint.ToString(),
        "Check the address; set DOCKER_HOST to the engine's socket.", inner);

    /// <summary>Sends; a failure to connect becomes an error that says what to do.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool versioned, CancellationToken cancellation, HttpClient? through = null)
    {
        if (versioned)
            request.RequestUri = new Uri($"http://engine/v{Version}/{request.RequestUri!.OriginalString}");
        try
        {
            return await (through ?? http).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or IOException
            or System.Security.Authentication.AuthenticationException or ArgumentException)
        {
            throw Unreachable(error);
        }
    }

    private MemToolsException Unreachable(Exception error)
    {
        SocketError? code = (error as SocketException ?? error.InnerException as SocketException)?.SocketErrorCode;
        if (error.InnerException is MemToolsException own)
            return own;
        if (error is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded })
            return NotAnEngine("it does not answer in HTTP", error);
        if (code == SocketError.AccessDenied)
        {
            return new MemToolsException(
                "ContainerEngineDenied", MemToolsErrorCategory.PermissionDenied,
                $"This user may not use the container engine at {Endpoint} ({Endpoint.Source}).", Endpoint.ToString(),
                "Join the group that owns the socket (usually 'docker'), use a rootless engine, or run as root.", error);
        }

        return new MemToolsException(
            "ContainerEngineUnreachable", MemToolsErrorCategory.ConnectionError,
            $"No container engine answers at {Endpoint} ({Endpoint.Source}): {error.InnerException?.Message ?? error.Message}", Endpoint.ToString(),
            "Start the engine (for example 'systemctl start docker'), or name another with DOCKER_HOST or a docker context.", error);
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, string what, string target, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), true, cancellation);
        return await ReadAsync(answer, type, what, target, cancellation);
    }

    private async Task<T> PostAsync<T>(string path, HttpContent? body, JsonTypeInfo<T> type, string what, string target, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body }, true, cancellation);
        return await ReadAsync(answer, type, what, target, cancellation);
    }

    /// <summary>Sends a request whose answer has no body that matters. 304 (already so) counts as done.</summary>
    private async Task DoAsync(HttpMethod method, string path, HttpContent? body, string what, string target, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(method, path) { Content = body }, true, cancellation);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NotModified)
            throw await ErrorAsync(answer, what, target, cancellation);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, string what, string target, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
            throw await ErrorAsync(answer, what, target, cancellation);
        byte[] body = await ReadBytesAsync(answer, MaxAnswerBytes, cancellation);
        if (body.Length > MaxAnswerBytes)
            throw Garbage(what, $"it is longer than {MaxAnswerBytes} bytes", null);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Garbage(what, "an empty answer", null);
        }
        catch (JsonException error)
        {
            throw Garbage(what, error.Message, error);
        }
    }

    private MemToolsException Garbage(string what, string why, Exception? error) => new(
        "ContainerEngineAnswer", MemToolsErrorCategory.InvalidData, $"The engine at {Endpoint} gave an answer to '{what}' that cannot be read: {why}",
        Endpoint.ToString(), "Check that the address is a Docker-compatible engine's and that nothing stands in between.", error);

    private async Task<byte[]> ReadBytesAsync(HttpResponseMessage answer, int limit, CancellationToken cancellation)
    {
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellation);
        using var kept = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            while (kept.Length <= limit && (read = await stream.ReadAsync(buffer, cancellation)) > 0)
                kept.Write(buffer, 0, read);
            return kept.ToArray();
        }
        catch (IOException error)
        {
            throw Lost(error);
        }
    }

    /// <summary>The connection ended in the middle of an answer: the engine was stopped or killed.</summary>
    internal MemToolsException Lost(Exception error) => new(
        "ContainerEngineLost", MemToolsErrorCategory.ConnectionError, $"The container engine at {Endpoint} went away: {error.Message}",
        Endpoint.ToString(), "See whether the engine still runs; what was started there is cleaned up by the next run.", error);

    /// <summary>Turns an error answer (<c>{"message": …}</c>) into an error of ours.</summary>
    private async Task<MemToolsException> ErrorAsync(HttpResponseMessage answer, string what, string target, CancellationToken cancellation)
    {
        byte[] body = await ReadBytesAsync(answer, MaxErrorBytes, cancellation);
        string message = EngineErrors.Message(body);
        return EngineErrors.From((int)answer.StatusCode, message, what, target);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    private static string Escape(string value) => Uri.EscapeDataString(value);
}
