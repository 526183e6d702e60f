using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.Cli.Running;

/// <summary>What <c>memtools run</c> ends with.</summary>
internal static class RunExitCode
{
    public static int Of(AllocatorRun run, bool allowUnchecked)
    {
        if (run.Verdict == Verdict.Leaks)
            return ExitCodes.LeaksFound;
        if (run.HeapCheck != HeapCheckMode.None && run.Verdict == Verdict.NotChecked && !allowUnchecked)
            return ExitCodes.NotChecked;
        return run.ExitCode ?? (run.Signal is { } name && Signals.Parse(name) is { } signal ? 128 + signal : ExitCodes.NotChecked);
    }

    /// <summary>The code for reports: leaks win over missing checks.</summary>
    public static int Of(IEnumerable<LeakReport> reports, bool allowUnchecked)
    {
        var verdicts = reports.Select(report => report.Verdict).ToHashSet();
        return verdicts.Contains(Verdict.Leaks) ? ExitCodes.LeaksFound
            : verdicts.Contains(Verdict.NotChecked) && !allowUnchecked ? ExitCodes.NotChecked : ExitCodes.Success;
    }
}
