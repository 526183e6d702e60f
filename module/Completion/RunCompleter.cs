using System.Collections;
using MemTools.Allocators.Launch;

namespace MemTools.Commands;

/// <summary>Completes ids of runs, newest first. Only names are listed up to a bound, as reading every record would not be done while one types.</summary>
public sealed class RunCompleter : MemToolsCompleter
{
    private const int Shown = 50;

    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound)
    {
        var store = new RunStore();
        foreach (var id in store.Ids().Reverse().Take(Shown))
            yield return new Suggestion(id, Describe(store, id));
    }

    private static string Describe(RunStore store, string id)
    {
        try
        {
            var run = store.Get(id);
            return $"{run.StartTime.LocalDateTime:g}  {run.State}  {run.FilePath}";
        }
        catch (Reports.Errors.MemToolsException e)
        {
            return e.Message;
        }
    }
}

/// <summary>Completes signal names, the usual ones first.</summary>
public sealed class SignalCompleter : MemToolsCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound) =>
        Signals.All.OrderByDescending(s => s is "SIGTERM" or "SIGINT" or "SIGHUP" or "SIGUSR1" or "SIGUSR2")
            .Select(s => new Suggestion(s, s)).Concat(Signals.All.Select(s => new Suggestion(s[3..], s)));
}
