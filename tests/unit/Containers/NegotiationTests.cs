using System.Text;
using MemTools.Containers.Engine;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Containers;

public class NegotiationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<MemToolsException> FailsAsync(FakeEngine engine) =>
        await Assert.ThrowsAsync<MemToolsException>(() => EngineClient.ConnectAsync(engine.Endpoint, null, Token));

    [Theory]
    [InlineData("1.41", "1.41")] // Docker 20.10
    [InlineData("1.45", "1.45")] // Docker 26
    [InlineData("1.40", "1.40")]
    [InlineData("1.47", "1.47")]
    public async Task Speaks_the_lower_of_both(string newest, string spoken)
    {
        await using var engine = new FakeEngine(_ => FakeEngine.Ping(newest));
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, null, Token);
        Assert.Equal(spoken, client.Version.ToString());
        Assert.StartsWith("GET /_ping ", engine.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.51", "1.24", "1.47")] // Docker 28
    [InlineData("1.52", "1.44", "1.47")] // Docker 29
    [InlineData("1.99", "1.60", "1.60")] // an engine that left what this client knows behind
    [InlineData("2.3", "2.0", "2.0")]
    public async Task Never_speaks_below_the_servers_oldest(string newest, string oldest, string spoken)
    {
        await using var engine = new FakeEngine(request => request.StartsWith("GET /version ", StringComparison.Ordinal)
            ? FakeEngine.Answer("200 OK", $$"""{"Version":"x","ApiVersion":"{{newest}}","MinAPIVersion":"{{oldest}}"}""") : FakeEngine.Ping(newest));
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, null, Token);
        Assert.Equal(spoken, client.Version.ToString());
    }

    [Fact]
    public async Task A_pinned_version_is_spoken_and_a_refusal_explained()
    {
        await using var engine = new FakeEngine(request => request.Contains("/_ping", StringComparison.Ordinal) ? FakeEngine.Ping("1.41")
            : FakeEngine.Answer("400 Bad Request", """{"message":"client version 1.44 is too new. Maximum supported API version is 1.41"}"""));
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, "1.44", Token);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => client.GetInfoAsync(Token));
        Assert.Equal("ContainerApiVersion", error.ErrorId);
        Assert.Contains("Maximum supported API version is 1.41", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("GET /v1.44/info ", engine.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_that_is_no_version_is_an_error()
    {
        await using var engine = new FakeEngine(_ => FakeEngine.Ping("1.41"));
        var error = await Assert.ThrowsAsync<MemToolsException>(() => EngineClient.ConnectAsync(engine.Endpoint, "latest", Token));
        Assert.Equal("ContainerApiVersion", error.ErrorId);
    }

    [Fact]
    public async Task Too_old_an_engine_is_refused()
    {
        await using var engine = new FakeEngine(_ => FakeEngine.Ping("1.24"));
        MemToolsException error = await FailsAsync(engine);
        Assert.Equal("ContainerApiVersion", error.ErrorId);
        Assert.Contains("1.24", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\0\u0001\u0002garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nApi-Version: new\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops")]
    public async Task What_is_no_engine_is_told_so(string answer)
    {
        await using var engine = new FakeEngine(_ => Encoding.Latin1.GetBytes(answer));
        Assert.Equal("ContainerEngineAnswer", (await FailsAsync(engine)).ErrorId);
    }

    [Fact]
    public async Task Endless_headers_are_cut()
    {
        byte[] answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nX: " + new string('x', 1 << 20) + "\r\n\r\n");
        await using var engine = new FakeEngine(_ => answer);
        Assert.Equal("ContainerEngineAnswer", (await FailsAsync(engine)).ErrorId);
    }

    [Fact]
    public async Task A_connection_that_closes_is_an_unreachable_engine()
    {
        await using var engine = new FakeEngine(_ => []);
        Assert.Equal("ContainerEngineUnreachable", (await FailsAsync(engine)).ErrorId);
    }

    [Fact]
    public async Task Nobody_at_the_socket_is_an_unreachable_engine()
    {
        var nobody = new EngineEndpoint { Transport = EngineTransport.UnixSocket, Path = "/nonexistent/docker.sock", Source = "DOCKER_HOST" };
        var error = await Assert.ThrowsAsync<MemToolsException>(() => EngineClient.ConnectAsync(nobody, null, Token));
        Assert.Equal("ContainerEngineUnreachable", error.ErrorId);
        Assert.Contains("DOCKER_HOST", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_ping_that_hangs()
    {
        using var release = new ManualResetEventSlim();
        await using var engine = new FakeEngine(_ =>
        {
            release.Wait(Token);
            return [];
        });
        using var cancel = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EngineClient.ConnectAsync(engine.Endpoint, null, cancel.Token));
        release.Set();
    }
}
