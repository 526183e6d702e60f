using System.Text.Json;
using MemTools.Containers.Engine.Wire;

namespace MemTools.Containers.Engine;

/// <content>The engine itself and its events.</content>
public sealed partial class EngineClient
{
    public Task<EngineInfo> GetInfoAsync(CancellationToken cancellation) =>
        GetAsync("info", EngineJson.Default.EngineInfo, "describe itself", "", cancellation);

    /// <summary>Events of one container as they happen, until cancelled or the engine ends.</summary>
    public async IAsyncEnumerable<EngineEvent> WatchEventsAsync(
        string container, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        string filters = Escape("{\"type\":[\"container\"],\"container\":[" + JsonText(container) + "]}");
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "events?filters=" + filters), true, cancellation);
        if (!answer.IsSuccessStatusCode)
            throw await ErrorAsync(answer, "report events", container, cancellation);
        await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellation);
        using var reader = new StreamReader(stream);
        while (await NextAsync(reader, cancellation) is { } one)
            yield return one;
    }

    private async Task<EngineEvent?> NextAsync(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.Length > 0)
                    return JsonSerializer.Deserialize(line, EngineJson.Default.EngineEvent);
            }

            return null;
        }
        catch (IOException error)
        {
            throw Lost(error);
        }
        catch (JsonException error)
        {
            throw Garbage("report events", error.Message, error);
        }
    }
}
