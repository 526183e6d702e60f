using MemTools.Allocators.Detect;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck.Jemalloc;

/// <summary>
/// jemalloc's profiler with every allocation sampled and a final dump at exit: tells what is still live, not what is lost. The dump exists only where
/// the exit handlers ran. Never prof_leak_error: it leaves the dump empty (a fault of 5.3.0 and later).
/// </summary>
internal sealed class JemallocEngine : ILeakEngine
{
    private const string Prefix = "jeprof";

    /// <inheritdoc/>
    public string Name => "Jemalloc";

    /// <inheritdoc/>
    public bool NeedsStandardError => false;

    /// <inheritdoc/>
    public bool MissesForkedChildren => false;

    /// <inheritdoc/>
    public bool Preloads => true;

    /// <inheritdoc/>
    public bool StopsWhenTraced => false;

    /// <inheritdoc/>
    public bool ReplacesMalloc => false;

    /// <inheritdoc/>
    public bool Supports(HeapCheckMode mode) => mode is not (HeapCheckMode.None or HeapCheckMode.Local or HeapCheckMode.AsIs);

    /// <inheritdoc/>
    public async Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation)
    {
        const string install = "Install-Allocator jemalloc / memtools install jemalloc (a build with profiling, as Debian's is)";
        if (allocator is not null && allocator.Name != "jemalloc")
            return EngineTool.Missing($"{allocator.Name} was asked for, and this engine is jemalloc's", "Leave the allocator out, or take another engine.");
        try
        {
            allocator ??= await AllocatorFinder.ResolveAsync(target, "jemalloc", HeapCheckMode.None, cancellation: cancellation);
        }
        catch (MemToolsException e) when (e.ErrorId == "AllocatorNotInstalled")
        {
            return EngineTool.Missing("jemalloc is not installed", install);
        }
        return allocator.HeapProfile == Capability.Supported
            ? new EngineTool { IsAvailable = true, Library = allocator }
            : EngineTool.Missing($"{allocator.Path} was built without profiling", install);
    }

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request)
    {
        if (request.DumpDirectory.Contains(',', StringComparison.Ordinal))
        {
            throw new MemToolsException(
                "RunFolderUnusable", MemToolsErrorCategory.InvalidArgument, $"MALLOC_CONF cannot carry the run folder's path, which has a comma: {request.DumpDirectory}.",
                request.DumpDirectory, "Set XDG_STATE_HOME to a path without commas.");
        }
        string pairs = "prof:true,prof_active:true,prof_thread_active_init:true,lg_prof_sample:0,prof_leak:true,prof_final:true,prof_leak_error:false,abort_conf:true,"
            + $"prof_prefix:{request.DumpDirectory}/{Prefix}";
        string? before = request.Environment.GetValueOrDefault("MALLOC_CONF");
        return new EngineSetup
        {
            Environment = new Dictionary<string, string> { ["MALLOC_CONF"] = string.IsNullOrEmpty(before) ? pairs : $"{before},{pairs}" },
        };
    }

    /// <inheritdoc/>
    public ICheckerText CreateClassifier(Action<ReadOnlyMemory<byte>>? onProgram, Action<ReadOnlyMemory<byte>>? onChecker) =>
        new PrefixedLines("<jemalloc>: "u8.ToArray(), onProgram, onChecker);

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        List<string> files = ReportFolder.Find(evidence.RunPath, Prefix + ".*.f.heap");
        // The C++ runtime's own memory can only be told apart by names.
        IReadOnlyList<LeakReport> reports = files.Count == 0 ? [] : Read(evidence.Run, files, null, CancellationToken.None);
        string words = evidence.CheckerWords is IReadOnlyList<string> { Count: > 0 } lines && evidence.Run.Signal is not null
            ? $" It said: {lines[^1]}" : "";
        (Verdict verdict, string reason) = ReportVerdict.Combine(
            evidence.Run, reports,
            "jemalloc wrote no final dump of the program: it was killed, crashed or left by _exit or quick_exit before its exit handlers, or it uses another malloc." + words);
        return new EngineVerdict(verdict, reason, files, []);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation) => Read(request.Run, request.Paths, request, cancellation);

    private static IReadOnlyList<LeakReport> Read(AllocatorRun run, IReadOnlyList<string> files, ReportRequest? request, CancellationToken cancellation) =>
        LeakReports.Read(
            new LeakReportRequest
            {
                Paths = files, Symbols = request?.Symbols ?? new(), Run = run.Id, FilePath = run.FilePath, Engine = "jemalloc",
                Facts = new ProcessFacts { ExitCode = run.ExitCode, Signal = run.Signal },
            },
            request?.Files ?? RunFileSource.Of(run), request?.Progress, cancellation);
}
