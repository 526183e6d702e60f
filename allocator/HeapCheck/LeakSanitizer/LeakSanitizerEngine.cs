using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Preflight;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Allocators.HeapCheck.LeakSanitizer;

/// <summary>
/// gcc's LeakSanitizer by preload, for any program: it brings its own malloc and looks for lost memory when the process exits. Each process writes a log of its own; the
/// program's exit code survives (exitcode=0) and crashes stay crashes (handle_*=0).
/// </summary>
internal sealed class LeakSanitizerEngine : ILeakEngine
{
    /// <summary>How the reports name the engine.</summary>
    private const string ReportName = "leaksanitizer";

    /// <inheritdoc/>
    public string Name => "LeakSanitizer";

    /// <inheritdoc/>
    public bool NeedsStandardError => false;

    /// <inheritdoc/>
    public bool MissesForkedChildren => false;

    /// <summary>For those that leave by _exit.</summary>
    public bool WatchesChildren => true;

    /// <inheritdoc/>
    public bool Preloads => true;

    /// <inheritdoc/>
    public bool StopsWhenTraced => true;

    /// <inheritdoc/>
    public bool ReplacesMalloc => true;

    /// <inheritdoc/>
    public bool UsesShim => true;

    /// <inheritdoc/>
    public bool Supports(HeapCheckMode mode) => mode != HeapCheckMode.None;

    /// <inheritdoc/>
    public async Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation)
    {
        try
        {
            Allocator library = await AllocatorFinder.ResolveAsync(target, "lsan", HeapCheckMode.Normal, cancellation: cancellation);
            return library.Problem is { } problem
                ? EngineTool.Missing($"{library.Path} did not load: {problem}", "Install-Allocator lsan -Force / memtools install lsan --force")
                : new EngineTool { IsAvailable = true, Library = library };
        }
        catch (MemToolsException e) when (e.ErrorId == "AllocatorNotInstalled")
        {
            return EngineTool.Missing("LeakSanitizer (liblsan.so.0) is not installed", "Install-Allocator lsan / memtools install lsan");
        }
    }

    /// <inheritdoc/>
    public EngineSetup Prepare(EngineRequest request)
    {
        Allocator library = request.Tool.Library!;
        var options = new Dictionary<string, string>
        {
            ["log_path"] = $"\"{request.DumpDirectory}/{LeakSanitizerLogs.Prefix}\"",
            ["log_threads"] = "1",
            ["log_exe_name"] = "0",
            ["exitcode"] = "0",
            ["abort_on_error"] = "0",
            // Addresses suffice: the reports are given names later, with inlined calls and separate debug information.
            ["symbolize"] = "0",
            ["handle_segv"] = "0",
            ["handle_sigbus"] = "0",
            ["handle_sigfpe"] = "0",
            ["handle_sigill"] = "0",
            ["handle_sigtrap"] = "0",
            ["handle_abort"] = "0",
        };
        AddMode(request.Mode, options);
        options["fast_unwind_on_malloc"] = request.Launch.FastStacks ? "1" : "0";
        string value = string.Join(':', options.Select(static pair => $"{pair.Key}={pair.Value}"));
        // Later options win, and what proves the check must not be undone by the user's; what the user asks for by name is added behind.
        string? before = request.Environment.GetValueOrDefault("LSAN_OPTIONS");
        var environment = new Dictionary<string, string> { ["LSAN_OPTIONS"] = string.IsNullOrEmpty(before) ? value : $"{before}:{value}" };
        List<string> preload = [.. library.Dependencies, library.Path!];
        // It registers its check with the first allocation: without this a program that makes none would not be checked.
        if (request.ShimPath is { } shim)
        {
            preload.Add(shim);
            environment["MEMTOOLS_TOUCH"] = "1";
        }
        return new EngineSetup { Environment = environment, Preload = preload };
    }

    /// <inheritdoc/>
    public EngineVerdict Judge(RunEvidence evidence)
    {
        IReadOnlyList<ChildProcess> children = WithoutTracers(evidence.Children?.Processes ?? []);
        IReadOnlyList<LeakReport> reports = Read(evidence.Run, evidence.RunPath, children, null, CancellationToken.None);
        (Verdict verdict, string reason) = ReportVerdict.Combine(
            evidence.Run, reports, EngineEvidence.JudgeSilentLeakSanitizer(Facts(evidence.Run, hasRun: false)).Reason);
        return new EngineVerdict(verdict, reason, ReportFolder.Find(evidence.RunPath, LeakSanitizerLogs.Prefix + ".*"), [], children);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation) =>
        Read(request.Run, request.Run.RunPath ?? "", request.Run.Children, request, cancellation);

    /// <summary>The modes of HEAPCHECK on LeakSanitizer: draconian looks neither at globals nor stacks; local leaves the check to the program's own calls.</summary>
    private static void AddMode(HeapCheckMode mode, Dictionary<string, string> options)
    {
        switch (mode)
        {
            case HeapCheckMode.Draconian:
                foreach (string root in (string[])["use_globals", "use_stacks", "use_registers", "use_tls", "use_root_regions"])
                    options[root] = "0";
                break;
            case HeapCheckMode.Local:
                options["leak_check_at_exit"] = "0";
                break;
        }
    }

    private static List<LeakReport> Read(AllocatorRun run, string runPath, IReadOnlyList<ChildProcess> children, ReportRequest? request, CancellationToken cancellation)
    {
        LeakSanitizerLogs logs = LeakSanitizerLogs.Read(runPath);
        var reports = new List<LeakReport>();
        if (logs.Speaking.Count > 0)
        {
            reports.AddRange(LeakReports.Read(
                new LeakReportRequest
                {
                    Paths = logs.Speaking, Symbols = request?.Symbols ?? new(), Symbolize = request is not null, Run = run.Id, FilePath = run.FilePath,
                    Facts = Facts(run, hasRun: true), Engine = ReportName,
                },
                request?.Files ?? RunFileSource.Of(run), request?.Progress, cancellation));
        }
        var known = new HashSet<int>();
        foreach (LeakReport report in reports)
            if (report.ProcessId is { } pid)
                known.Add(pid);
        foreach (int pid in logs.Checked)
        {
            if (known.Add(pid))
            {
                LeakJudgement clean = EngineEvidence.JudgeSilentLeakSanitizer(pid == run.ProcessId ? Facts(run, hasRun: true) : new ProcessFacts { LibraryLoaded = true, ExitHandlersRan = true });
                reports.Add(Silent(run, pid, clean.Verdict, clean.Reason));
            }
        }
        if (run.ProcessId is { } main && known.Add(main))
            reports.Add(Silent(run, main, Verdict.NotChecked, EngineEvidence.JudgeSilentLeakSanitizer(Facts(run, hasRun: false)).Reason));
        foreach (ChildProcess child in children)
        {
            if (child.RunsProgramCode && known.Add(child.ProcessId))
            {
                reports.Add(Silent(
                    run, child.ProcessId, Verdict.NotChecked,
                    $"Process {child.ProcessId}, forked by process {child.ParentProcessId}, ended without a leak check: it was killed or left by _exit."));
            }
        }
        return reports;
    }

    /// <summary>The check looks at the process from a clone that shares its memory; like gperftools' it is the last child of each checked process.</summary>
    private static List<ChildProcess> WithoutTracers(IReadOnlyList<ChildProcess> children)
    {
        var left = new List<ChildProcess>(children);
        var parents = new HashSet<int>();
        for (int i = left.Count - 1; i >= 0; i--)
            if (parents.Add(left[i].ParentProcessId) && left[i] is { Executed: false, Duration: not null })
                left.RemoveAt(i);
        return left;
    }

    private static ProcessFacts Facts(AllocatorRun run, bool hasRun) => Overridden.Add(new()
    {
        ExitCode = run.ExitCode,
        Signal = run.Signal,
        TimedOut = run.EndedBy == AllocatorRun.TimeLimit && run.Signal is not null,
        Mode = run.HeapCheck.ToString().ToLowerInvariant(),
        Allocator = "LeakSanitizer",
        LibraryLoaded = hasRun ? true : null,
        ExitHandlersRan = hasRun ? true : null,
    }, run);

    private static LeakReport Silent(AllocatorRun run, int pid, Verdict verdict, string reason) => new()
    {
        Run = run.Id, Engine = ReportName, Verdict = verdict, VerdictReason = reason, ProcessId = pid, FilePath = run.FilePath,
    };
}
