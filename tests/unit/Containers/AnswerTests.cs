using System.Text;
using MemTools.Containers.Engine;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Containers;

/// <summary>Answers after the handshake: broken, cut, huge, refused.</summary>
public class AnswerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FakeEngine Engine(byte[] answer) =>
        new(request => request.Contains("/_ping", StringComparison.Ordinal) ? FakeEngine.Ping("1.41") : answer);

    private static async Task<MemToolsException> InspectFailsAsync(byte[] answer)
    {
        await using FakeEngine engine = Engine(answer);
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, null, Token);
        return await Assert.ThrowsAsync<MemToolsException>(() => client.InspectContainerAsync("web", Token));
    }

    [Theory]
    [InlineData("<html>a proxy's page</html>")]
    [InlineData("{\"Id\":")]
    [InlineData("{\"Id\":5}")]
    [InlineData("null")]
    [InlineData("")]
    public async Task Garbage_is_told(string body)
    {
        MemToolsException error = await InspectFailsAsync(FakeEngine.Answer("200 OK", body));
        Assert.Equal("ContainerEngineAnswer", error.ErrorId);
    }

    [Fact]
    public async Task A_cut_answer_is_a_lost_engine()
    {
        byte[] cut = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Id\":\"x\"");
        Assert.Equal("ContainerEngineLost", (await InspectFailsAsync(cut)).ErrorId);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        byte[] start = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"Id\":\"");
        byte[] answer = new byte[start.Length + (65 << 20)];
        Array.Fill(answer, (byte)'x');
        start.CopyTo(answer, 0);
        MemToolsException error = await InspectFailsAsync(answer);
        Assert.Equal("ContainerEngineAnswer", error.ErrorId);
        Assert.Contains("longer than", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("404 Not Found", """{"message":"No such container: web"}""", "ContainerNotFound")]
    [InlineData("409 Conflict", """{"message":"Container abc is not running"}""", "ContainerNotRunning")]
    [InlineData("409 Conflict", """{"message":"Container abc is paused, unpause the container before exec"}""", "ContainerNotRunning")]
    [InlineData("409 Conflict", """{"message":"Conflict. The container name is already in use"}""", "ContainerConflict")]
    [InlineData("403 Forbidden", """{"message":"authorization denied by plugin"}""", "ContainerEngineDenied")]
    [InlineData("500 Internal Server Error", """{"message":"write /x: no space left on device"}""", "ContainerNoSpace")]
    [InlineData("500 Internal Server Error", "plain text", "ContainerEngineError")]
    [InlineData("503 Service Unavailable", "", "ContainerEngineError")]
    [InlineData("400 Bad Request", """{"message":"invalid CPU count"}""", "ContainerRequestRefused")]
    public async Task Refusals_have_ids_and_say_what_the_engine_said(string status, string body, string id)
    {
        MemToolsException error = await InspectFailsAsync(FakeEngine.Answer(status, body));
        Assert.Equal(id, error.ErrorId);
        Assert.NotNull(error.RecommendedAction);
        if (body.Contains("message", StringComparison.Ordinal))
            Assert.Contains(body.Split('"')[3], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_escaped_in_the_address()
    {
        await using FakeEngine engine = Engine(FakeEngine.Answer("404 Not Found", """{"message":"No such container"}"""));
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, null, Token);
        await Assert.ThrowsAsync<MemToolsException>(() => client.InspectContainerAsync("../images/json?x=1#", Token));
        Assert.StartsWith("GET /v1.41/containers/..%2Fimages%2Fjson%3Fx%3D1%23/json ", engine.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_null_and_a_missing_container_an_error()
    {
        string message = "Could not find the file /x in container web";
        await using FakeEngine engine = new(request => request.Contains("/_ping", StringComparison.Ordinal) ? FakeEngine.Ping("1.41")
            : FakeEngine.Answer("404 Not Found", $$"""{"message":"{{message}}"}"""));
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, null, Token);
        Assert.Null(await client.GetArchiveAsync("web", "/x", Token));
        message = "No such container: web";
        var error = await Assert.ThrowsAsync<MemToolsException>(() => client.GetArchiveAsync("web", "/x", Token));
        Assert.Equal("ContainerNotFound", error.ErrorId);
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("bm90IGpzb24=")]
    public async Task A_garbled_stat_header_is_told(string header)
    {
        await using FakeEngine engine = Engine(FakeEngine.Answer("200 OK", "", "X-Docker-Container-Path-Stat: " + header));
        using EngineClient client = await EngineClient.ConnectAsync(engine.Endpoint, null, Token);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => client.StatPathAsync("web", "/x", Token));
        Assert.Equal("ContainerEngineAnswer", error.ErrorId);
    }
}
