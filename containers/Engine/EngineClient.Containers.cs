using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using MemTools.Containers.Engine.Wire;

namespace MemTools.Containers.Engine;

/// <content>Containers: list, inspect, create, start, stop, wait, attach, logs, remove.</content>
public sealed partial class EngineClient
{
    /// <summary>Containers, newest first.</summary>
    /// <param name="all">Also those that do not run.</param>
    /// <param name="label">Only those with this label (<c>key</c> or <c>key=value</c>); null for all.</param>
    /// <param name="cancellation">Stops the call.</param>
    public Task<ContainerSummary[]> ListContainersAsync(bool all, string? label, CancellationToken cancellation) => GetAsync(
        "containers/json?all=" + (all ? "1" : "0") + (label is null ? "" : "&filters=" + Escape("{\"label\":[" + JsonText(label) + "]}")),
        EngineJson.Default.ContainerSummaryArray, "list containers", "", cancellation);

    public Task<ContainerDetails> InspectContainerAsync(string id, CancellationToken cancellation) =>
        GetAsync($"containers/{Escape(id)}/json", EngineJson.Default.ContainerDetails, "inspect the container", id, cancellation);

    /// <returns>The new container's id.</returns>
    public async Task<string> CreateContainerAsync(CreateContainerRequest request, string? name, string? platform, CancellationToken cancellation)
    {
        string query = string.Join('&', new[]
        {
            name is null ? null : "name=" + Escape(name),
            platform is null ? null : "platform=" + Escape(platform),
        }.Where(part => part is not null));
        CreatedId created = await PostAsync(
            "containers/create" + (query.Length > 0 ? "?" + query : ""), Json(request, EngineJson.Default.CreateContainerRequest),
            EngineJson.Default.CreatedId, "create a container from the image", request.Image, cancellation);
        return created.Id;
    }

    public Task StartContainerAsync(string id, CancellationToken cancellation) =>
        DoAsync(HttpMethod.Post, $"containers/{Escape(id)}/start", null, "start the container", id, cancellation);

    /// <param name="id">Container.</param>
    /// <param name="grace">Time between the stop signal and SIGKILL.</param>
    /// <param name="cancellation">Stops the call.</param>
    public Task StopContainerAsync(string id, TimeSpan grace, CancellationToken cancellation) => DoAsync(
        HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"containers/{Escape(id)}/stop?t={(int)Math.Ceiling(grace.TotalSeconds)}"),
        null, "stop the container", id, cancellation);

    public Task KillContainerAsync(string id, string signal, CancellationToken cancellation) =>
        DoAsync(HttpMethod.Post, $"containers/{Escape(id)}/kill?signal={Escape(signal)}", null, "signal the container", id, cancellation);

    /// <summary>Removes with its anonymous volumes; a container that is already gone is no error.</summary>
    public async Task RemoveContainerAsync(string id, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, $"containers/{Escape(id)}?force=1&v=1"), true, cancellation);
        // 409: a removal is already under way.
        if (!answer.IsSuccessStatusCode && answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            throw await ErrorAsync(answer, "remove the container", id, cancellation);
    }

    /// <summary>Waits until a started container has ended; its exit code. One that has ended already is no error.</summary>
    public async Task<long> WaitContainerAsync(string id, CancellationToken cancellation)
    {
        WaitResult result = await PostAsync(
            $"containers/{Escape(id)}/wait?condition=not-running", null, EngineJson.Default.WaitResult, "wait for the container", id, cancellation);
        return result.StatusCode;
    }

    /// <summary>Attaches to a container's streams before it starts.</summary>
    public Task<HijackedStream> AttachContainerAsync(string id, bool input, CancellationToken cancellation) => HijackAsync(
        $"containers/{Escape(id)}/attach?stream=1&stdout=1&stderr=1" + (input ? "&stdin=1" : ""), null, "attach to the container", id, cancellation);

    /// <summary>
    /// The log so far, or while it grows; <paramref name="isTty"/> is Config.Tty of the container, <paramref name="since"/> leaves out what is older.
    /// </summary>
    public async Task CopyLogsAsync(
        string id, bool isTty, bool follow, DateTimeOffset? since, Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> error, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"containers/{Escape(id)}/logs?stdout=1&stderr=1&follow={(follow ? 1 : 0)}{Since(since)}"), true, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw await ErrorAsync(answer, "read the log of the container", id, cancellation);
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellation);
        try
        {
            await StreamDemultiplexer.CopyAsync(stream, isTty, output, error, cancellation);
        }
        catch (IOException lost)
        {
            throw Lost(lost);
        }
    }

    private static string Since(DateTimeOffset? time) => time is not { } from || from <= DateTimeOffset.UnixEpoch ? ""
        : string.Create(CultureInfo.InvariantCulture, $"&since={from.ToUnixTimeSeconds()}.{from.Ticks % TimeSpan.TicksPerSecond * 100:000000000}");

    /// <summary>A request on a connection of its own that becomes a raw duplex stream.</summary>
    private async Task<HijackedStream> HijackAsync(string path, HttpContent? body, string what, string target, CancellationToken cancellation)
    {
        Stream? connection = null;
        HttpClient own = NewHttp(Endpoint, stream => connection = stream);
        try
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
            request.Headers.Connection.Add("Upgrade");
            request.Headers.Upgrade.Add(new ProductHeaderValue("tcp"));
            HttpResponseMessage answer = await SendAsync(request, true, cancellation, own);
            // 200 instead of 101: an engine or proxy that does not upgrade; its output can still be read.
            if (answer.StatusCode is not (HttpStatusCode.SwitchingProtocols or HttpStatusCode.OK))
                throw await ErrorAsync(answer, what, target, cancellation);
            return new HijackedStream(own, answer, await answer.Content.ReadAsStreamAsync(cancellation), connection);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private static string JsonText(string value) => "\"" + System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(value) + "\"";
}
