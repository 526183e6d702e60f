using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck.Mtrace;

/// <summary>
/// glibc's mtrace: a log of every allocation with one frame each; tells what is still live. Since glibc 2.34 it needs libc_malloc_debug, always a call of
/// mtrace(), which the shim makes. A forked child writes into its parent's log.
/// </summary>
internal sealed class MtraceEngine : ILeakEngine
{
    private const string ReportName = "mtrace";
    private const string DebugLibrary = "libc_malloc_debug.so.0";

    /// <inheritdoc/>
    public string Name => "Mtrace";

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

    /// <inheritdoc/>
    public bool Supports(HeapCheckMode mode) => mode is not (HeapCheckMode.None or HeapCheckMode.Local or HeapCheckMode.AsIs);

    /// <inheritdoc/>
    public async Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation)
    {
        if (ExitShim.Problem(target) is { } problem)
            return EngineTool.Missing(problem, "Use another engine.");
        try
        {
            Allocator library = await AllocatorFinder.ResolveAsync(target, DebugLibrary, HeapCheckMode.None, cancellation: cancellation);
            return new EngineTool { IsAvailable = true, Library = library };
        }
        catch (MemToolsException e) when (e.ErrorId is "AllocatorNotInstalled" or "UnknownAllocator")
        {
            return EngineTool.Missing($"{DebugLibrary} (glibc 2.34 or newer) is not there", "Use another engine.");
        }
    }

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request) => new()
    {
        Environment = new Dictionary<string, string>
        {
            ["MEMTOOLS_MTRACE"] = $"{request.DumpDirectory}/{ReportName}", [ExitShim.Variable] = ExitShim.MarkerPrefix(request.DumpDirectory),
        },
        Preload = [request.Tool.Library!.Path!, ExitShim.Require(request, Name)],
    };

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        List<LeakReport> reports = Read(evidence.Run, evidence.RunPath, null, CancellationToken.None);
        (Verdict verdict, string reason) = ReportVerdict.Combine(
            evidence.Run, reports, "mtrace wrote no log of the program: the libraries were not loaded, or the program uses another malloc.");
        var warnings = new List<string>();
        if (evidence.Children?.Processes.Any(static child => child.RunsProgramCode) == true)
            warnings.Add("The program forked: mtrace's log mixes the events of parent and child, so that counts may be wrong.");
        return new EngineVerdict(verdict, reason, ReportFolder.Find(evidence.RunPath, ReportName + ".*"), warnings);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation) =>
        Read(request.Run, request.Run.RunPath ?? "", request, cancellation);

    private static List<LeakReport> Read(AllocatorRun run, string runPath, ReportRequest? request, CancellationToken cancellation)
    {
        var logs = new List<(string, int)>();
        foreach (string file in ReportFolder.Find(runPath, ReportName + ".*"))
            if (ReportFolder.ProcessOf(file) is { } pid)
                logs.Add((file, pid));
        return LiveLogVerdict.Read(run, ReportName, logs, ExitShim.Ended(runPath), request, symbolize: false, cancellation);
    }
}
