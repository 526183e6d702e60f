using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.HeapCheck.Gperftools;
using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Allocators.Launch;

/// <summary>The leak reports of a run that has ended.</summary>
public static class RunReports
{
    /// <summary>
    /// Reads what the engine left in the run's folder. There is always at least one report: where nothing was checked, it says so with the run's own reason. The
    /// run's verdict saw more than the files show (children, who ended the program), so a NotChecked run has no Clean report.
    /// </summary>
    /// <exception cref="Reports.Errors.MemToolsException">ReportNotFound when the run's files are gone, and those of <see cref="LeakReports.Read"/>.</exception>
    public static IReadOnlyList<LeakReport> Read(
        AllocatorRun run, SymbolizeOptions symbols, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        if (run.HeapCheck == HeapCheckMode.None)
            return [Unchecked(run, "No leak check was asked for. Start it with a heap check, for example Normal.")];
        List<string> paths = [.. run.ReportPaths];
        // Files win over text, but only the text names clean checks and those without a file.
        if (run.StandardErrorPath is { } error && File.Exists(error))
            paths.Add(error);
        if (paths.Count == 0)
            return [Unchecked(run, run.VerdictReason)];
        IReadOnlyList<LeakReport> reports = LeakReports.Read(
            new LeakReportRequest { Paths = paths, Symbols = symbols, Run = run.Id, FilePath = run.FilePath, Facts = Facts(run) }, files, progress, cancellation);
        return [.. reports.Select(report => Judge(report, run))];
    }

    private static LeakReport Judge(LeakReport report, AllocatorRun run) => report switch
    {
        { Verdict: Verdict.Clean } when run.Verdict == Verdict.NotChecked => report with { Verdict = Verdict.NotChecked, VerdictReason = run.VerdictReason },
        { Verdict: Verdict.NotChecked, Check: "" } when run.Verdict == Verdict.NotChecked => report with { VerdictReason = run.VerdictReason },
        _ => report,
    };

    private static LeakReport Unchecked(AllocatorRun run, string reason) => new()
    {
        Run = run.Id, Engine = run.Engine ?? "", Verdict = Verdict.NotChecked, VerdictReason = reason, ProcessId = run.ProcessId, FilePath = run.FilePath,
    };

    private static ProcessFacts Facts(AllocatorRun run) => new()
    {
        ExitCode = run.ExitCode,
        Signal = run.Signal,
        Mode = GperftoolsEngine.Word(run.HeapCheck),
        Allocator = run.Allocator is null ? null : $"{run.Allocator} {run.AllocatorVersion}".TrimEnd(),
    };
}
