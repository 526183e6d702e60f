using System.Collections;
using MemTools.Containers.Engine;

namespace MemTools.Commands;

/// <summary>Suggestions of a live engine within 300 ms, or none.</summary>
public abstract class EngineCompleterBase : MemToolsCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            // On a thread of its own: a connection that hangs must not hold the prompt.
            var work = Task.Run(() => AskAsync(limit.Token), limit.Token);
            return work.Wait(Limit) ? work.Result : [];
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
            return [];
        }
    }

    /// <summary>Asks a connected engine.</summary>
    private protected abstract Task<List<Suggestion>> ListAsync(EngineClient client, CancellationToken cancellation);

    private async Task<List<Suggestion>> AskAsync(CancellationToken cancellation)
    {
        using var client = await EngineClient.ConnectAsync(EndpointFinder.Find(null), cancellation).ConfigureAwait(false);
        return await ListAsync(client, cancellation).ConfigureAwait(false);
    }
}

/// <summary>Completes names of running containers.</summary>
public sealed class ContainerCompleter : EngineCompleterBase
{
    private protected override async Task<List<Suggestion>> ListAsync(EngineClient client, CancellationToken cancellation) =>
        [.. (await client.ListContainersAsync(false, null, cancellation).ConfigureAwait(false))
            .SelectMany(c => c.Names.Select(n => new Suggestion(n.TrimStart('/'), $"{c.Image}  {c.State}")))];
}

/// <summary>Completes names of images.</summary>
public sealed class ImageCompleter : EngineCompleterBase
{
    private protected override async Task<List<Suggestion>> ListAsync(EngineClient client, CancellationToken cancellation) =>
        [.. (await client.ListImagesAsync(cancellation).ConfigureAwait(false))
            .SelectMany(i => i.RepoTags ?? []).Where(t => t != "<none>:<none>").Select(t => new Suggestion(t, t))];
}
