using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Cli.Running;

/// <summary>The reports of a run that has just ended.</summary>
internal static class ReportsOfRun
{
    /// <summary>Empty when no check was asked for.</summary>
    public static IReadOnlyList<LeakReport> Read(AllocatorRun run, SymbolizeOptions symbols, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        if (run.HeapCheck == HeapCheckMode.None)
            return [];
        try
        {
            return RunReports.Read(run, symbols, RunFileSource.Of(run), progress, cancellation);
        }
        catch (MemToolsException error) when (run.Verdict == Verdict.NotChecked)
        {
            // The run's own reason says more than that its files cannot be read.
            return
            [
                new LeakReport
                {
                    Run = run.Id, Engine = run.Engine ?? "", Verdict = Verdict.NotChecked, VerdictReason = run.VerdictReason, ProcessId = run.ProcessId,
                    FilePath = run.FilePath, Warnings = [error.Message],
                },
            ];
        }
    }
}
