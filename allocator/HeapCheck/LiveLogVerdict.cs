using MemTools.Allocators.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck;

/// <summary>
/// Reads the per-process logs of mtrace and heaptrack. Such a log tells what was live when it stopped; only the shim's marker shows that it stopped at an orderly
/// end, so that a process without one was not checked, whatever its log says.
/// </summary>
internal static class LiveLogVerdict
{
    /// <param name="run">The run.</param>
    /// <param name="engine">The engine's name in reports.</param>
    /// <param name="logs">Log file and its process.</param>
    /// <param name="ended">Processes with an orderly end.</param>
    /// <param name="request">How to name addresses; null to leave them unnamed.</param>
    /// <param name="symbolize">True where the verdict rests on names (memory of the C++ runtime).</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static List<LeakReport> Read(
        AllocatorRun run, string engine, IReadOnlyList<(string Path, int ProcessId)> logs, HashSet<int> ended, ReportRequest? request, bool symbolize,
        CancellationToken cancellation)
    {
        var reports = new List<LeakReport>();
        foreach ((string path, int pid) in logs)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!ended.Contains(pid))
            {
                reports.Add(NotChecked(run, engine, pid, path, $"Process {pid} did not come to an orderly end (killed, crashed, or left by _exit or quick_exit): {engine}'s log is cut off."));
                continue;
            }
            try
            {
                foreach (LeakReport report in LeakReports.Read(
                    new LeakReportRequest
                    {
                        Paths = [path], Symbols = request?.Symbols ?? new(), Symbolize = symbolize || request is not null, Run = run.Id, FilePath = run.FilePath, Engine = engine,
                        Facts = new ProcessFacts { ExitCode = 0, ExitHandlersRan = true },
                    },
                    request?.Files ?? RunFileSource.Of(run), request?.Progress, cancellation))
                    reports.Add(report with { ProcessId = report.ProcessId ?? pid });
            }
            catch (MemToolsException e) when (e.ErrorId is "ReportUnrecognized" or "ReportMalformed")
            {
                reports.Add(NotChecked(run, engine, pid, path, $"{engine}'s log of process {pid} cannot be read: {e.Message}"));
            }
        }
        return reports;
    }

    private static LeakReport NotChecked(AllocatorRun run, string engine, int pid, string path, string reason) => new()
    {
        Run = run.Id, Engine = engine, Verdict = Verdict.NotChecked, VerdictReason = reason, ProcessId = pid, FilePath = run.FilePath, Paths = [path],
    };
}
