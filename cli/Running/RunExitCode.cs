using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Gate;
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

    /// <summary>
    /// The code of a run whose reports a gate looked at. gperftools' checker ends a leaking program with 1 in place of its own code, so that a gate which lets those leaks pass
    /// ends with 0 then.
    /// </summary>
    public static int Of(AllocatorRun run, ScreenedReports screened, bool allowUnchecked)
    {
        if (run.HeapCheck == HeapCheckMode.None)
            return Of(run, allowUnchecked);
        var code = Of(screened, allowUnchecked);
        if (code != ExitCodes.Success)
            return code;
        return run is { Verdict: Verdict.Leaks, Engine: "Gperftools", ExitCode: 1 } ? ExitCodes.Success : Of(run with { Verdict = Verdict.Clean }, allowUnchecked);
    }

    /// <summary>The code for reports: leaks win over missing checks.</summary>
    public static int Of(ScreenedReports screened, bool allowUnchecked) => screened.Outcome switch
    {
        LeakGateOutcome.Leaks => ExitCodes.LeaksFound,
        LeakGateOutcome.NotChecked => ExitCodes.NotChecked,
        LeakGateOutcome.Passed => ExitCodes.Success,
        _ => Of(screened.Reports, allowUnchecked),
    };

    /// <summary>The same where only the verdicts decide.</summary>
    public static int Of(IEnumerable<LeakReport> reports, bool allowUnchecked)
    {
        var verdicts = reports.Select(report => report.Verdict).ToHashSet();
        return verdicts.Contains(Verdict.Leaks) ? ExitCodes.LeaksFound
            : verdicts.Contains(Verdict.NotChecked) && !allowUnchecked ? ExitCodes.NotChecked : ExitCodes.Success;
    }
}
