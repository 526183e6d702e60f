using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck;

/// <summary>One verdict for a run from the reports of its processes, for engines that write a report in each process that they check.</summary>
internal static class ReportVerdict
{
    /// <summary>Leaks in any process win; then what speaks against a check of the program itself; then unchecked children of its own code.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reports">What was read.</param>
    /// <param name="silence">Why there is no report of the program itself.</param>
    public static (Verdict Verdict, string Reason) Combine(AllocatorRun run, IReadOnlyList<LeakReport> reports, string silence)
    {
        LeakReport? main = null;
        LeakReport? leaky = null;
        LeakReport? unchecked_ = null;
        int leaking = 0;
        long bytes = 0;
        long objects = 0;
        foreach (LeakReport report in reports)
        {
            if (report.ProcessId is null || report.ProcessId == run.ProcessId)
                main ??= report;
            if (report.Verdict == Verdict.Leaks)
            {
                leaky ??= report;
                leaking++;
                bytes += report.Bytes;
                objects += report.Objects;
            }
            else if (report.Verdict == Verdict.NotChecked)
                unchecked_ ??= report;
        }
        if (leaky is not null)
            return (Verdict.Leaks, leaking == 1 ? leaky.VerdictReason : $"{leaking} processes of the run leaked {bytes} bytes in {objects} objects together. The first: {leaky.VerdictReason}");
        if (main is null)
            return (Verdict.NotChecked, Ended(run, silence));
        if (main.Verdict == Verdict.NotChecked)
            return (Verdict.NotChecked, Ended(run, main.VerdictReason));
        return unchecked_ is not null
            ? (Verdict.NotChecked, $"Process {unchecked_.ProcessId}: {unchecked_.VerdictReason}")
            : (Verdict.Clean, main.VerdictReason);
    }

    private static string Ended(AllocatorRun run, string reason) =>
        run is { EndedBy: { } who, Signal: not null } ? $"{reason} It was ended by {who}." : reason;
}
