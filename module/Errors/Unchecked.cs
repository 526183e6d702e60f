using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>The error that says that no check ran.</summary>
internal static class Unchecked
{
    private const string Advice =
        "Do what the message says and run it again, or accept unchecked programs with -AllowUnchecked.";

    /// <summary>For a run that asked for a check; null when it was checked.</summary>
    public static MemToolsException? Error(AllocatorRun run) =>
        run.Verdict != Verdict.NotChecked || run.HeapCheck == HeapCheckMode.None ? null : New(run.VerdictReason, run.FilePath, run.Id);

    /// <summary>For a report; null when it was checked.</summary>
    public static MemToolsException? Error(LeakReport report) =>
        report.Verdict != Verdict.NotChecked ? null : New(report.VerdictReason, report.FilePath, report.Run ?? (report.Paths.Count > 0 ? report.Paths[0] : null));

    private static MemToolsException New(string reason, string? program, string? target) =>
        new("NotChecked", MemToolsErrorCategory.InvalidOperation,
            $"{(program is null ? "The program" : Path.GetFileName(program))} was not checked for leaks: {reason}", target, Advice);
}
