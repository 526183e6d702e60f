using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>
/// The user's runs on disk: <c>$XDG_STATE_HOME/memtools/runs/ID/</c> (default <c>~/.local/state</c>), each with its record in JSON beside its files. Several
/// processes may use it at once: records are replaced as a whole.
/// </summary>
public sealed partial class RunStore
{
    /// <summary>Opens a store.</summary>
    /// <param name="root">Folder of the runs; null for the user's.</param>
    public RunStore(string? root = null) => Root = root ?? DefaultRoot();

    /// <summary>Folder of the runs.</summary>
    public string Root { get; }

    /// <summary>Ids, oldest first.</summary>
    public IReadOnlyList<string> Ids()
    {
        var ids = new List<string>();
        if (Directory.Exists(Root))
        {
            foreach (string path in Directory.EnumerateDirectories(Root))
                if (Path.GetFileName(path) is var id && RunId.IsValid(id))
                    ids.Add(id);
        }
        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    /// <summary>All runs, oldest first. Unreadable records are reported through the callback and left out.</summary>
    public IEnumerable<AllocatorRun> List(Action<MemToolsException>? onUnreadable = null)
    {
        foreach (string id in Ids())
        {
            AllocatorRun? run = null;
            try
            {
                run = Read(id);
            }
            catch (MemToolsException e)
            {
                if (onUnreadable is null)
                    throw;
                onUnreadable(e);
            }
            if (run is not null)
                yield return run;
        }
    }

    /// <summary>The run of an id, of the beginning of an id that only one run has, or of <c>latest</c>.</summary>
    /// <exception cref="MemToolsException">RunNotFound, RunIdAmbiguous, RunRecordUnreadable.</exception>
    public AllocatorRun Get(string id) =>
        Read(Resolve(id)) ?? throw NotFound(id);

    /// <summary>Removes a run and its files.</summary>
    /// <exception cref="MemToolsException">RunNotFound, RunIdAmbiguous, RunStillRunning, RunNotRemovable.</exception>
    public void Remove(string id)
    {
        string found = Resolve(id);
        RunFolder folder = Folder(found);
        if (ReadTolerant(folder) is { IsFinished: false } run && (folder.ReadWatch()?.Program?.IsAlive() ?? false))
        {
            throw new MemToolsException(
                "RunStillRunning", MemToolsErrorCategory.InvalidOperation,
                $"Run {found} ('{run.FilePath}', process {run.ProcessId}) still runs.", found, "Stop it first: Stop-AllocatorRun / memtools runs stop.");
        }
        folder.Delete();
    }

    /// <summary>The finished runs that started before a time, oldest first: what pruning removes.</summary>
    public IEnumerable<AllocatorRun> FinishedBefore(DateTimeOffset time)
    {
        foreach (AllocatorRun run in List(static _ => { }))
            if (run.IsFinished && run.StartTime < time)
                yield return run;
    }

    /// <summary>Removes the finished runs that started longer ago than <paramref name="age"/>; returns them.</summary>
    public IReadOnlyList<AllocatorRun> RemoveOlderThan(TimeSpan age)
    {
        List<AllocatorRun> old = [.. FinishedBefore(DateTimeOffset.UtcNow - age)];
        foreach (AllocatorRun run in old)
            Folder(run.Id).Delete();
        return old;
    }

    internal RunFolder Folder(string id) => new(Path.Combine(Root, id));

    internal RunFolder Create(DateTimeOffset time) => RunFolder.Create(Root, time);

    private AllocatorRun? Read(string id)
    {
        RunFolder folder = Folder(id);
        AllocatorRun? run = folder.ReadRun();
        return run is null ? null : RunRecovery.Complete(folder, run) with { RunPath = folder.RunPath };
    }

    /// <summary>A record that cannot be read must not keep its folder from being removed.</summary>
    private static AllocatorRun? ReadTolerant(RunFolder folder)
    {
        try
        {
            return folder.ReadRun();
        }
        catch (MemToolsException e) when (e.ErrorId == "RunRecordUnreadable")
        {
            return null;
        }
    }

    private string Resolve(string id)
    {
        IReadOnlyList<string> ids = Ids();
        if (id.Equals("latest", StringComparison.OrdinalIgnoreCase))
            return ids.Count > 0 ? ids[^1] : throw NotFound(id);
        if (RunId.IsValid(id) && Directory.Exists(Path.Combine(Root, id)))
            return id;
        string? found = null;
        foreach (string candidate in ids)
        {
            if (!candidate.StartsWith(id, StringComparison.Ordinal) || id.Length == 0)
                continue;
            if (found is not null)
            {
                throw new MemToolsException(
                    "RunIdAmbiguous", MemToolsErrorCategory.InvalidArgument, $"More than one run's id begins with '{id}'.", id, "Give more of the id.");
            }
            found = candidate;
        }
        return found ?? throw NotFound(id);
    }

    private MemToolsException NotFound(string id) => new(
        "RunNotFound", MemToolsErrorCategory.ObjectNotFound, $"There is no run '{id}' in {Root}.", id,
        "List the runs: Get-AllocatorRun / memtools runs. Its folder may have been removed.");

    private static string DefaultRoot()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        // The specification says to ignore relative paths.
        if (state is not { Length: > 0 } || state[0] != '/')
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            if (home.Length == 0)
            {
                throw new MemToolsException(
                    "NoHomeDirectory", MemToolsErrorCategory.ResourceUnavailable, "There is no folder to keep runs in: neither XDG_STATE_HOME nor HOME is set.",
                    null, "Set HOME, or XDG_STATE_HOME to an absolute path.");
            }
            state = Path.Combine(home, ".local/state");
        }
        return Path.Combine(state, "memtools/runs");
    }
}
