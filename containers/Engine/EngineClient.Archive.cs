using System.Net;
using System.Text.Json;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <content>Files: tar archives to and from containers, running or not.</content>
public sealed partial class EngineClient
{
    /// <summary>What is at a path in a container; null when nothing is. A path in a tmpfs is not seen.</summary>
    public async Task<PathStat?> StatPathAsync(string container, string path, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Head, $"containers/{Escape(container)}/archive?path={Escape(path)}"), true, cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (!answer.IsSuccessStatusCode)
            throw EngineErrors.From((int)answer.StatusCode, "", "look at a file of the container", container);
        string? header = Header(answer, "X-Docker-Container-Path-Stat");
        try
        {
            return header is null ? null : JsonSerializer.Deserialize(Convert.FromBase64String(header), EngineJson.Default.PathStat);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw Garbage("look at a file of the container", error.Message, error);
        }
    }

    /// <summary>A tar stream of a file or folder; null when there is none. Nothing in it may be trusted.</summary>
    /// <exception cref="MemToolsException">ContainerNotFound and other answers of the engine.</exception>
    public async Task<Stream?> GetArchiveAsync(string container, string path, CancellationToken cancellation)
    {
        HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"containers/{Escape(container)}/archive?path={Escape(path)}"), true, cancellation);
        if (answer.IsSuccessStatusCode)
            return await answer.Content.ReadAsStreamAsync(cancellation);
        using (answer)
        {
            MemToolsException error = await ErrorAsync(answer, "read a file of the container", container, cancellation);
            return error.ErrorId == "ContainerFileNotFound" ? null : throw error;
        }
    }

    /// <summary>Unpacks a tar stream into an existing directory of the container.</summary>
    public async Task PutArchiveAsync(string container, string directory, Stream tar, CancellationToken cancellation)
    {
        var body = new StreamContent(tar);
        body.Headers.ContentType = new("application/x-tar");
        var request = new HttpRequestMessage(HttpMethod.Put, $"containers/{Escape(container)}/archive?path={Escape(directory)}&noOverwriteDirNonDir=1")
        {
            Content = body,
        };
        // A refusal (read-only, no such directory) comes before the body is sent, instead of a connection that breaks in the middle of it.
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage answer = await SendAsync(request, true, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw await ErrorAsync(answer, "write files into the container", container, cancellation);
    }
}
