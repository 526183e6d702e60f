using MemTools.Allocators.HeapCheck;
using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Allocators.Launch;

/// <summary>The leak reports of a run that has ended.</summary>
public static class RunReports
{
    /// <summary>
    /// Reads what the engine left in the run's folder: one report for each check of each process, and one that says so for each process that was not
    /// checked. There is always at least one. The run's verdict saw more than the files show (children, who ended the program), so a NotChecked run never has
    /// nothing but Clean reports.
    /// </summary>
    /// <exception cref="Reports.Errors.MemToolsException">ReportNotFound when the run's files are gone, and those of <see cref="LeakReports.Read"/>.</exception>
    public static IReadOnlyList<LeakReport> Read(
        AllocatorRun run, SymbolizeOptions symbols, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        List<LeakReport> own = ReadOwn(run, symbols, files, progress, cancellation);
        return run.Repeat is { } repeat ? RepeatedReports.Make(run, repeat, own, symbols, progress, cancellation) : own;
    }

    private static List<LeakReport> ReadOwn(
        AllocatorRun run, SymbolizeOptions symbols, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        if (run.HeapCheck == HeapCheckMode.None || LeakEngines.Find(run.Engine) is not { } engine)
            return [Unchecked(run, run.ProcessId, "No leak check was asked for. Start it with a heap check, for example Normal.")];
        List<string> paths = [.. run.ReportPaths];
        // Files win over text, but only the text names clean checks and those without a file.
        if (engine.NeedsStandardError && run.StandardErrorPath is { } error && File.Exists(error))
            paths.Add(error);
        if (paths.Count == 0)
            return [Unchecked(run, run.ProcessId, run.VerdictReason)];
        IReadOnlyList<LeakReport> read = engine.Read(new ReportRequest(run, paths, symbols, files, progress), cancellation);
        List<LeakReport> children = engine.MissesForkedChildren ? ForkedChildren(run) : [];
        var reports = new List<LeakReport>(read.Count + children.Count);
        bool isSaid = children.Count > 0 || read.Any(static report => report.Verdict == Verdict.NotChecked && report.ProcessId is not null);
        foreach (LeakReport report in read)
            reports.Add(Judge(report, run, isSaid));
        reports.AddRange(children);
        return reports;
    }

    /// <summary>What the run knew and the files do not show, unless another report of the run says it already.</summary>
    private static LeakReport Judge(LeakReport report, AllocatorRun run, bool isSaid) => report switch
    {
        { Verdict: Verdict.Clean } when run.Verdict == Verdict.NotChecked && !isSaid => report with { Verdict = Verdict.NotChecked, VerdictReason = run.VerdictReason },
        { Verdict: Verdict.NotChecked, Check: "" } when run.Verdict == Verdict.NotChecked && (report.ProcessId is null || report.ProcessId == run.ProcessId) => report with { VerdictReason = run.VerdictReason },
        _ => report,
    };

    private static List<LeakReport> ForkedChildren(AllocatorRun run)
    {
        var reports = new List<LeakReport>();
        foreach (ChildProcess child in run.Children)
        {
            if (child.RunsProgramCode)
            {
                reports.Add(Unchecked(
                    run, child.ProcessId,
                    $"Process {child.ProcessId} was forked by process {child.ParentProcessId} and did not execute another program: {run.Engine} does not check forked children; "
                    + "LeakSanitizer does."));
            }
        }
        return reports;
    }

    private static LeakReport Unchecked(AllocatorRun run, int? processId, string reason) => new()
    {
        Run = run.Id, Engine = run.Engine?.ToLowerInvariant() ?? "", Verdict = Verdict.NotChecked, VerdictReason = reason, ProcessId = processId, FilePath = run.FilePath,
    };
}
