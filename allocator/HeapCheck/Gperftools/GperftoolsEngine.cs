using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Preflight;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Allocators.HeapCheck.Gperftools;

/// <summary>
/// gperftools' heap checker (2.16 and older), switched on by HEAPCHECK. It speaks on standard error and writes
/// <c>NAME.PID.CHECK-end.heap</c> for each check that found leaks; a process that was forked and did not execute a program is not checked.
/// </summary>
internal sealed class GperftoolsEngine : ILeakEngine
{
    private const string MaxLeaks = "HEAP_CHECK_MAX_LEAKS";

    /// <inheritdoc/>
    public string Name => "Gperftools";

    /// <inheritdoc/>
    public bool NeedsStandardError => true;

    /// <inheritdoc/>
    public bool MissesForkedChildren => true;

    /// <inheritdoc/>
    public bool Preloads => true;

    /// <inheritdoc/>
    public bool StopsWhenTraced => true;

    /// <inheritdoc/>
    public bool ReplacesMalloc => false;

    /// <inheritdoc/>
    public bool UsesShim => true;

    /// <inheritdoc/>
    public bool Supports(HeapCheckMode mode) => true;

    /// <inheritdoc/>
    public async Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation)
    {
        const string install = "Install-Allocator tcmalloc / memtools install tcmalloc (gperftools 2.16 or older)";
        try
        {
            allocator ??= await AllocatorFinder.ResolveAsync(target, "tcmalloc", HeapCheckMode.Normal, cancellation: cancellation);
        }
        catch (MemToolsException e) when (e.ErrorId == "AllocatorNotInstalled")
        {
            return EngineTool.Missing("tcmalloc is not installed", install);
        }
        return allocator.HeapCheck switch
        {
            Capability.Supported => new EngineTool { IsAvailable = true, Library = allocator },
            Capability.Unknown when allocator.Name is "tcmalloc" or "tcmalloc-debug" => new EngineTool { IsAvailable = true, Library = allocator },
            Capability.Removed => EngineTool.Missing($"{allocator.Name} {allocator.Version} has no heap checker any more (removed in 2.17)", install, allocator),
            _ => EngineTool.Missing($"{allocator.Name} has no heap checker", install, allocator),
        };
    }

    /// <summary>HEAPCHECK's word for a mode.</summary>
    public static string Word(HeapCheckMode mode) => mode switch
    {
        HeapCheckMode.Minimal => "minimal",
        HeapCheckMode.Normal => "normal",
        HeapCheckMode.Strict => "strict",
        HeapCheckMode.Draconian => "draconian",
        HeapCheckMode.AsIs => "as-is",
        HeapCheckMode.Local => "local",
        _ => "",
    };

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request)
    {
        var environment = new Dictionary<string, string>
        {
            ["HEAPCHECK"] = Word(request.Mode),
            ["HEAP_CHECK_DUMP_DIRECTORY"] = request.DumpDirectory,
        };
        // The files of 2.16 have lost their stacks: its words must have them all.
        if (request.Tool.Library?.Version?.StartsWith("2.16", StringComparison.Ordinal) == true && !request.Environment.ContainsKey(MaxLeaks))
            environment[MaxLeaks] = "10000";
        // A program can print the checker's words, but it cannot come through its exit handlers without the check.
        if (!request.IsPreloaded || request.ShimPath is not { } shim)
            return new EngineSetup { Environment = environment };
        environment[ExitShim.Variable] = ExitShim.MarkerPrefix(request.DumpDirectory);
        environment[ExitShim.LateVariable] = ExitShim.LatePrefix(request.DumpDirectory);
        return new EngineSetup { Environment = environment, Preload = [shim] };
    }

    /// <inheritdoc/>
    public ICheckerText CreateClassifier(Action<ReadOnlyMemory<byte>>? onProgram, Action<ReadOnlyMemory<byte>>? onChecker) =>
        new GperftoolsText(onProgram, onChecker);

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        AllocatorRun run = evidence.Run;
        var log = evidence.CheckerWords as HeapCheckLog;
        List<string> files = FindReports(evidence.RunPath, out List<string> warnings);
        ProcessFacts facts = Facts(run, evidence.RunPath, log is not null, Directory.Exists(evidence.RunPath)) with
        {
            IsOnlyProcess = evidence.Children is { IsComplete: true } seen && IsOnlyProcess(seen.Processes),
        };
        LeakJudgement judgement = HeapCheckEvidence.Judge(log, files, facts);
        IReadOnlyList<ChildProcess> children = CheckerHelpers.Remove(evidence, log, files);
        AddChildren(evidence.Children, children, warnings, ref judgement);
        if (judgement.Verdict == Verdict.NotChecked && run is { EndedBy: { } who, Signal: not null })
            judgement = judgement with { Reason = $"{judgement.Reason} It was ended by {who}." };
        if (judgement.Verdict == Verdict.Leaks && files.Count > 1)
            judgement = judgement with { Reason = Together(run with { Children = children }, files, judgement.Reason) };
        return new EngineVerdict(judgement.Verdict, judgement.Reason, files, warnings, children);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation) => Read(request, symbolize: true, cancellation);

    /// <summary>The totals of all processes.</summary>
    private static string Together(AllocatorRun run, List<string> files, string first)
    {
        IReadOnlyList<string> paths = run.StandardErrorPath is { } error && File.Exists(error) ? [.. files, error] : files;
        IReadOnlyList<LeakReport> reports = Read(new ReportRequest(run, paths, new(), RunFileSource.Of(run), null), symbolize: false, CancellationToken.None);
        return ReportVerdict.Combine(run, reports, first).Reason;
    }

    private static IReadOnlyList<LeakReport> Read(ReportRequest request, bool symbolize, CancellationToken cancellation) => LeakReports.Read(
        new LeakReportRequest
        {
            Paths = request.Paths, Symbols = request.Symbols, Run = request.Run.Id, FilePath = request.Run.FilePath, Engine = "gperftools", Symbolize = symbolize,
            Facts = Facts(request.Run, request.Run.RunPath, sawStandardError: request.Run.StandardErrorPath is not null, canWrite: null) with
            {
                IsOnlyProcess = IsOnlyProcess(request.Run.Children),
            },
        },
        request.Files, request.Progress, cancellation);

    private static ProcessFacts Facts(AllocatorRun run, string? runPath, bool sawStandardError, bool? canWrite) => Overridden.Add(new()
    {
        ExitCode = run.ExitCode,
        Signal = run.Signal,
        TimedOut = run.EndedBy == AllocatorRun.TimeLimit,
        Mode = Word(run.HeapCheck),
        Allocator = run.Allocator is null ? null : $"{run.Allocator} {run.AllocatorVersion}".TrimEnd(),
        StandardErrorKept = sawStandardError,
        DumpDirectoryWritable = canWrite,
        ReplacedImages = run.ReplacedImages,
        ExitHandlersRan = runPath is not null && run.SetEnvironment.ContainsKey(ExitShim.Variable) ? ExitShim.Ended(runPath).Contains(run.ProcessId ?? 0) : null,
    }, run);

    private static bool IsOnlyProcess(IReadOnlyList<ChildProcess> children) => children.All(static child => !child.Executed);

    private static List<string> FindReports(string runPath, out List<string> warnings)
    {
        warnings = [];
        var files = new List<string>();
        if (!Directory.Exists(runPath))
        {
            warnings.Add($"The run folder {runPath} was removed while the program ran; what the checker wrote there is lost.");
            return files;
        }
        foreach (string file in Directory.EnumerateFiles(runPath, "*-end.heap"))
        {
            if (new FileInfo(file).Length > 0)
                files.Add(file);
            else
                warnings.Add($"{Path.GetFileName(file)} is empty: the disk may have been full.");
        }
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>
    /// heap-checker.cc: a process whose id is not the one that started the checker is left alone. What such a child leaked nobody saw, so
    /// the program as a whole was not checked.
    /// </summary>
    private static void AddChildren(
        ChildProcesses? seen, IReadOnlyList<ChildProcess> children, List<string> warnings, ref LeakJudgement judgement)
    {
        List<ChildProcess> forked = [.. children.Where(static child => child.RunsProgramCode)];
        if (forked.Count > 0)
        {
            string who = forked.Count == 1
                ? $"Process {Describe(forked[0])} was"
                : $"{forked.Count} processes ({string.Join(", ", forked.Take(5).Select(Describe))}{(forked.Count > 5 ? ", …" : "")}) were";
            string text = $"{who} forked from the program and did not execute another one: gperftools does not check forked children.";
            warnings.Add(text);
            if (judgement.Verdict == Verdict.Clean)
            {
                judgement = new LeakJudgement(
                    Verdict.NotChecked,
                    $"{text} The program's first process was clean. Use the engine LeakSanitizer, which checks forked children, or allow unchecked runs.",
                    "ForkedChildren");
            }
        }
        else if (seen is { IsComplete: false })
        {
            warnings.Add(
                "Whether the program forked could only be looked at now and then (kernel.perf_event_paranoid is above 2): "
                + "forked children, which gperftools does not check, may have been missed.");
        }
    }

    private static string Describe(ChildProcess child) => child.Name.Length > 0 ? $"{child.ProcessId} ({child.Name})" : $"{child.ProcessId}";
}
