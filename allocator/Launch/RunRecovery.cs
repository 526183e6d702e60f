using MemTools.Allocators.HeapCheck;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>Completes the records of runs whose watcher ended before the program did.</summary>
internal static class RunRecovery
{
    /// <summary>
    /// The run as it is, or, when neither watcher nor program runs any more, finished as <see cref="RunState.Lost"/> with the verdict that
    /// the evidence on disk allows.
    /// </summary>
    public static AllocatorRun Complete(RunFolder folder, AllocatorRun run)
    {
        // A remote target's program cannot be seen from here, its watcher can.
        if (run.IsFinished || folder.ReadWatch() is not { Watcher: { } watcher } watch || watcher.IsAlive() != false
            || (watch.Program?.IsAlive() ?? false))
            return run;
        // The watcher may have written the end just before it ended.
        run = folder.ReadRun() ?? run;
        if (run.IsFinished)
            return run;
        var warnings = new List<string>(run.Warnings)
        {
            "The session that watched this run ended first: how the program ended is not known.",
        };
        AllocatorRun lost = run with { State = RunState.Lost, EndedBy = folder.TryReadStopSignal() };
        lost = RunConclusion.Conclude(lost, LeakEngines.Find(run.Engine), folder, null, null, warnings) with { Warnings = warnings };
        try
        {
            folder.Write(lost);
        }
        catch (MemToolsException)
        {
            // A store that may only be read still answers; the next reader tries again.
            return lost;
        }
        return lost;
    }
}
