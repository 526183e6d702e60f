using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Allocators.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck;

/// <summary>
/// An engine that writes a log of every allocation for each process (mtrace, heaptrack). Such a log tells what was live when it stopped; only the shim's marker shows
/// that it stopped at an orderly end, so that a process without one was not checked, whatever its log says.
/// </summary>
internal abstract class LiveLogEngine : ILeakEngine
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public bool NeedsStandardError => false;

    /// <inheritdoc/>
    public bool MissesForkedChildren => true;

    /// <inheritdoc/>
    public bool Preloads => true;

    /// <inheritdoc/>
    public bool StopsWhenTraced => false;

    /// <inheritdoc/>
    public bool ReplacesMalloc => true;

    /// <inheritdoc/>
    public bool UsesShim => true;

    /// <summary>The name in reports, and the beginning of its files' names; the process id follows.</summary>
    protected abstract string ReportName { get; }

    /// <summary>Why there is no log of the program, in one sentence.</summary>
    protected abstract string Silence { get; }

    /// <summary>What becomes of forked children, behind "Process N was forked from the program: ".</summary>
    protected abstract string ForkedChildren { get; }

    /// <summary>True where the verdict rests on names (memory of the C++ runtime).</summary>
    protected abstract bool NeedsNames { get; }

    /// <summary>Without what only gperftools' checker has.</summary>
    public bool Supports(HeapCheckMode mode) => mode is not (HeapCheckMode.None or HeapCheckMode.Local or HeapCheckMode.AsIs);

    /// <inheritdoc/>
    public Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation) =>
        ExitShim.Problem(target) is { } problem ? Task.FromResult(EngineTool.Missing(problem, "Use another engine.")) : FindLibraryAsync(target, cancellation);

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request) => new()
    {
        Environment = new Dictionary<string, string>(Variables($"{request.DumpDirectory}/{ReportName}")) { [ExitShim.Variable] = ExitShim.MarkerPrefix(request.DumpDirectory) },
        Preload = [request.Tool.Library!.Path!, ExitShim.Require(request, Name)],
    };

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        List<LeakReport> reports = Read(evidence.Run, evidence.RunPath, null, CancellationToken.None);
        (Verdict verdict, string reason) = ReportVerdict.Combine(evidence.Run, reports, Silence);
        var warnings = new List<string>();
        if (evidence.Children?.Processes.FirstOrDefault(static child => child.RunsProgramCode) is { } child)
        {
            string words = $"Process {child.ProcessId} was forked from the program: {ForkedChildren}";
            if (verdict == Verdict.Clean)
                (verdict, reason) = (Verdict.NotChecked, $"{words} Its first process was clean.");
            else
                warnings.Add(words);
        }
        return new EngineVerdict(verdict, reason, ReportFolder.Find(evidence.RunPath, ReportName + ".*"), warnings);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation) =>
        Read(request.Run, request.Run.RunPath ?? "", request, cancellation);

    /// <summary>Looks for the library to preload.</summary>
    protected abstract Task<EngineTool> FindLibraryAsync(ITarget target, CancellationToken cancellation);

    /// <summary>What makes it write its log.</summary>
    /// <param name="prefix">Path of its files without the process id.</param>
    protected abstract Dictionary<string, string> Variables(string prefix);

    private List<LeakReport> Read(AllocatorRun run, string runPath, ReportRequest? request, CancellationToken cancellation)
    {
        HashSet<int> ended = ExitShim.Ended(runPath);
        var reports = new List<LeakReport>();
        foreach (string path in ReportFolder.Find(runPath, ReportName + ".*"))
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReportFolder.ProcessOf(path) is not { } pid)
                continue;
            if (!ended.Contains(pid))
            {
                reports.Add(NotChecked(run, pid, path, $"Process {pid} did not come to an orderly end (killed, crashed, or left by _exit or quick_exit): {ReportName}'s log is cut off."));
                continue;
            }
            try
            {
                foreach (LeakReport report in LeakReports.Read(
                    new LeakReportRequest
                    {
                        Paths = [path], Symbols = request?.Symbols ?? new(), Symbolize = NeedsNames || request is not null, Run = run.Id, FilePath = run.FilePath,
                        Engine = ReportName, Facts = new ProcessFacts { ExitCode = 0, ExitHandlersRan = true },
                    },
                    request?.Files ?? RunFileSource.Of(run), request?.Progress, cancellation))
                    reports.Add(report with { ProcessId = report.ProcessId ?? pid });
            }
            catch (MemToolsException e) when (e.ErrorId is "ReportUnrecognized" or "ReportMalformed")
            {
                reports.Add(NotChecked(run, pid, path, $"{ReportName}'s log of process {pid} cannot be read: {e.Message}"));
            }
        }
        return reports;
    }

    private LeakReport NotChecked(AllocatorRun run, int pid, string path, string reason) => new()
    {
        Run = run.Id, Engine = ReportName, Verdict = Verdict.NotChecked, VerdictReason = reason, ProcessId = pid, FilePath = run.FilePath, Paths = [path],
    };
}
