using System.Net;
using System.Text.Json;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <content>Images: list, inspect, pull, commit, remove.</content>
public sealed partial class EngineClient
{
    public Task<ImageSummary[]> ListImagesAsync(CancellationToken cancellation) =>
        GetAsync("images/json", EngineJson.Default.ImageSummaryArray, "list images", "", cancellation);

    /// <summary>An image's configuration; null when the engine does not have it.</summary>
    public async Task<ImageDetails?> InspectImageAsync(string image, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, ImagePath(image) + "/json"), true, cancellation);
        return answer.StatusCode == HttpStatusCode.NotFound ? null
            : await ReadAsync(answer, EngineJson.Default.ImageDetails, "inspect the image", image, cancellation);
    }

    /// <summary>An image's details, and its configuration with everything that the engine knows of it.</summary>
    /// <exception cref="MemToolsException">ImageNotFound.</exception>
    internal async Task<(ImageDetails Details, JsonElement Config)> InspectImageFullyAsync(string image, CancellationToken cancellation)
    {
        JsonElement all = await GetAsync(ImagePath(image) + "/json", EngineJson.Default.JsonElement, "inspect the image", image, cancellation);
        return (all.Deserialize(EngineJson.Default.ImageDetails)!, all.GetProperty("Config"));
    }

    /// <summary>Pulls an image with the user's credentials for its registry.</summary>
    /// <exception cref="MemToolsException">ImagePullFailed.</exception>
    public async Task PullImageAsync(string image, string? platform, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        ImageReference reference = ImageReference.Parse(image);
        string query = $"images/create?fromImage={Escape(reference.Repository)}&tag={Escape(reference.Digest ?? reference.Tag ?? "latest")}"
            + (platform is null ? "" : "&platform=" + Escape(platform));
        var request = new HttpRequestMessage(HttpMethod.Post, query);
        if (await RegistryAuth.HeaderAsync(EndpointFinder.ConfigPath(Environment.GetEnvironmentVariable), reference.Registry, cancellation) is { } auth)
            request.Headers.TryAddWithoutValidation("X-Registry-Auth", auth);
        using HttpResponseMessage answer = await SendAsync(request, true, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw PullFailed(image, (await ErrorAsync(answer, "pull the image", image, cancellation)).Message, null);
        try
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.Length == 0 || JsonSerializer.Deserialize(line, EngineJson.Default.PullProgress) is not { } step)
                    continue;
                if (step.Error is { Length: > 0 } error)
                    throw PullFailed(image, error, null);
                progress?.Report(new ProgressStep("Pulling " + image, -1, step.Id is null ? step.Status : step.Id + ": " + step.Status));
            }
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw PullFailed(image, error.Message, error);
        }
    }

    /// <summary>Makes an image of a container.</summary>
    /// <param name="container">Container id.</param>
    /// <param name="repository">Name without tag.</param>
    /// <param name="tag">Tag.</param>
    /// <param name="changes">Dockerfile instructions, for example <c>LABEL a=b</c>.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <param name="config">The new image's configuration; null for the container's.</param>
    /// <returns>The new image's id.</returns>
    public async Task<string> CommitAsync(
        string container, string repository, string tag, IEnumerable<string> changes, CancellationToken cancellation, JsonElement? config = null)
    {
        string query = $"commit?container={Escape(container)}&repo={Escape(repository)}&tag={Escape(tag)}"
            + string.Concat(changes.Select(change => "&changes=" + Escape(change)));
        return (await PostAsync(query, config is { } given ? Json(given, EngineJson.Default.JsonElement) : null, EngineJson.Default.CreatedId, "make an image of the container", container, cancellation)).Id;
    }

    /// <summary>Removes an image's name, and the image when it was the last; one that is gone is no error.</summary>
    public async Task RemoveImageAsync(string image, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Delete, ImagePath(image)), true, cancellation);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.NotFound)
            throw await ErrorAsync(answer, "remove the image", image, cancellation);
    }

    /// <summary>A reference may hold slashes, which are part of the path here.</summary>
    private static string ImagePath(string image) => "images/" + string.Join('/', image.Split('/').Select(Escape));

    private static MemToolsException PullFailed(string image, string why, Exception? inner) => new(
        "ImagePullFailed", MemToolsErrorCategory.ResourceUnavailable, $"The image '{image}' could not be pulled: {why}", image,
        "Check the image's name and the engine's network; log in with 'docker login' if the registry asks for it.", inner);
}
