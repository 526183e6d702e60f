using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck.Heaptrack;

/// <summary>
/// heaptrack by its recording library, without its shell script (which prints into the program's standard output): tells what is still live. Forked and executed
/// children are not followed; the shim's marker shows an orderly end, which the file does not.
/// </summary>
internal sealed class HeaptrackEngine : ILeakEngine
{
    private const string ReportName = "heaptrack";
    private const string Library = "libheaptrack_preload.so";

    private static readonly string[] Folders =
    [
        "/usr/lib/heaptrack", "/usr/lib64/heaptrack", "/usr/lib/x86_64-linux-gnu/heaptrack", "/usr/lib/aarch64-linux-gnu/heaptrack", "/usr/local/lib/heaptrack",
        "/usr/local/lib64/heaptrack",
    ];

    /// <inheritdoc/>
    public string Name => "Heaptrack";

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
    public Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation)
    {
        if (ExitShim.Problem(target) is { } problem)
            return Task.FromResult(EngineTool.Missing(problem, "Use another engine."));
        foreach (string folder in Folders)
        {
            string path = $"{folder}/{Library}";
            if (target.Exists(path))
            {
                var library = new Allocator { Name = ReportName, Path = path, Scope = InstallScope.AllUsers, Architecture = target.Architecture };
                return Task.FromResult(new EngineTool { IsAvailable = true, Library = library });
            }
        }
        return Task.FromResult(EngineTool.Missing("heaptrack is not installed", "Install-Allocator heaptrack -Scope AllUsers / memtools install heaptrack --scope all-users"));
    }

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request) => new()
    {
        Environment = new Dictionary<string, string>
        {
            // heaptrack puts the process id in place of $$.
            ["DUMP_HEAPTRACK_OUTPUT"] = $"{request.DumpDirectory}/{ReportName}.$$", [ExitShim.Variable] = ExitShim.MarkerPrefix(request.DumpDirectory),
        },
        Preload = [request.Tool.Library!.Path!, ExitShim.Require(request, Name)],
    };

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        List<LeakReport> reports = Read(evidence.Run, evidence.RunPath, null, CancellationToken.None);
        (Verdict verdict, string reason) = ReportVerdict.Combine(
            evidence.Run, reports, "heaptrack wrote no file for the program: its library was not loaded.");
        if (verdict == Verdict.Clean && evidence.Children?.Processes.FirstOrDefault(static child => child.RunsProgramCode) is { } child)
            (verdict, reason) = (Verdict.NotChecked, $"Process {child.ProcessId} was forked from the program: heaptrack does not follow children. The program's first process was clean.");
        return new EngineVerdict(verdict, reason, ReportFolder.Find(evidence.RunPath, ReportName + ".*"), []);
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
        return LiveLogVerdict.Read(run, ReportName, logs, ExitShim.Ended(runPath), request, symbolize: true, cancellation);
    }
}
