using System.Net;
using MemTools.Containers.Engine.Wire;

namespace MemTools.Containers.Engine;

/// <content>Images: list, inspect, commit.</content>
public sealed partial class EngineClient
{
    public Task<ImageSummary[]> ListImagesAsync(CancellationToken cancellation) =>
        GetAsync("images/json", EngineJson.Default.ImageSummaryArray, "list images", "", cancellation);

    /// <summary>An image's configuration; null when the engine does not have it.</summary>
    public async Task<ImageDetails?> InspectImageAsync(string image, CancellationToken cancellation)
    {
        // A reference may hold slashes, which are part of the path here.
        string path = "images/" + string.Join('/', image.Split('/').Select(Escape)) + "/json";
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), true, cancellation);
        return answer.StatusCode == HttpStatusCode.NotFound ? null
            : await ReadAsync(answer, EngineJson.Default.ImageDetails, "inspect the image", image, cancellation);
    }

    /// <summary>Makes an image of a container.</summary>
    /// <param name="container">Container id.</param>
    /// <param name="repository">Name without tag.</param>
    /// <param name="tag">Tag.</param>
    /// <param name="changes">Dockerfile instructions, for example <c>LABEL a=b</c>.</param>
    /// <param name="cancellation">Stops the call.</param>
    public async Task<string> CommitAsync(string container, string repository, string tag, IEnumerable<string> changes, CancellationToken cancellation)
    {
        string query = $"commit?container={Escape(container)}&repo={Escape(repository)}&tag={Escape(tag)}"
            + string.Concat(changes.Select(change => "&changes=" + Escape(change)));
        return (await PostAsync(query, null, EngineJson.Default.CreatedId, "make an image of the container", container, cancellation)).Id;
    }
}
