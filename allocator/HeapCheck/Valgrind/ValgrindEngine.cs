using MemTools.Allocators.Launch;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck.Valgrind;

/// <summary>
/// valgrind's memcheck as a wrapper: the program runs on a simulated processor, slowly; every process writes an XML file (protocol 4) whose closing tag
/// proves that its leak check ended, even after a crash or _exit.
/// </summary>
internal sealed class ValgrindEngine : ILeakEngine
{
    private const string Pattern = "valgrind.*.xml";

    /// <inheritdoc/>
    public string Name => "Valgrind";

    /// <inheritdoc/>
    public bool NeedsStandardError => false;

    /// <inheritdoc/>
    public bool MissesForkedChildren => false;

    /// <inheritdoc/>
    public bool Preloads => false;

    /// <inheritdoc/>
    public bool StopsWhenTraced => false;

    /// <inheritdoc/>
    public bool ReplacesMalloc => true;

    /// <summary>All but those that rest on the program's own HeapLeakChecker objects or gperftools' flags.</summary>
    public bool Supports(HeapCheckMode mode) => mode is not (HeapCheckMode.None or HeapCheckMode.Local or HeapCheckMode.AsIs);

    /// <inheritdoc/>
    public Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation) => Task.FromResult(
        target.FindProgram("valgrind") is { } path
            ? new EngineTool { IsAvailable = true, ProgramPath = path }
            : EngineTool.Missing("valgrind is not installed", "Install-Allocator valgrind -Scope AllUsers / memtools install valgrind --scope all-users"));

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request)
    {
        // In valgrind's file names % is special; %% is one.
        // What a ~/.valgrindrc or VALGRIND_OPTS could say against the proof is said otherwise here.
        string folder = request.DumpDirectory.Replace("%", "%%", StringComparison.Ordinal);
        return new EngineSetup
        {
            Wrapper =
            [
                request.Tool.ProgramPath!, "--tool=memcheck", "--leak-check=full", "--show-leak-kinds=all", "--num-callers=40", "--keep-debuginfo=yes",
                "--trace-children=yes", "--child-silent-after-fork=no", "--xtree-leak=no", "--error-exitcode=0", "--xml=yes", $"--xml-file={folder}/valgrind.%p.xml",
            ],
        };
    }

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        List<string> files = ReportFolder.Find(evidence.RunPath, Pattern);
        IReadOnlyList<LeakReport> reports = files.Count == 0 ? [] : Read(evidence.Run, files, null, CancellationToken.None);
        (Verdict verdict, string reason) = ReportVerdict.Combine(
            evidence.Run, reports,
            "valgrind wrote no report of the program: it could not run it, was killed, or the disk was full; see its words on standard error.");
        return new EngineVerdict(verdict, reason, files, []);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation) => Read(request.Run, request.Paths, request, cancellation);

    private static IReadOnlyList<LeakReport> Read(AllocatorRun run, IReadOnlyList<string> files, ReportRequest? request, CancellationToken cancellation) =>
        LeakReports.Read(
            new LeakReportRequest
            {
                Paths = files, Symbols = request?.Symbols ?? new(), Symbolize = request is not null, Run = run.Id, FilePath = run.FilePath, Engine = "valgrind",
                Facts = new ProcessFacts { ExitCode = run.ExitCode, Signal = run.Signal, Mode = run.HeapCheck.ToString().ToLowerInvariant() },
            },
            request?.Files ?? RunFileSource.Of(run), request?.Progress, cancellation);
}
