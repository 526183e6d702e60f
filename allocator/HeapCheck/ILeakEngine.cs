using MemTools.Allocators.Launch;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Allocators.HeapCheck;

/// <summary>
/// A leak engine as launching sees it: what it adds to a start, and what its words and files prove afterwards. One instance serves all runs; per-run state is
/// in the classifier and the evidence.
/// </summary>
public interface ILeakEngine
{
    /// <summary>The name in <see cref="AllocatorRun.Engine"/> and on the command line, for example <c>Gperftools</c>.</summary>
    string Name { get; }

    /// <summary>True when a clean result is proved by the text of standard error, so that it must be kept.</summary>
    bool NeedsStandardError { get; }

    /// <summary>True when forked children are not checked at all.</summary>
    bool MissesForkedChildren { get; }

    /// <summary>True when it must be known which processes the program forked: they are not checked, or not always.</summary>
    bool WatchesChildren => MissesForkedChildren;

    /// <summary>True when it works by a library that is preloaded into the program, so that static and setuid programs escape it.</summary>
    bool Preloads { get; }

    /// <summary>True when it cannot work in a process that a debugger or strace traces.</summary>
    bool StopsWhenTraced { get; }

    /// <summary>True when it brings a malloc of its own, so that no other allocator can be used at the same time.</summary>
    bool ReplacesMalloc { get; }

    /// <summary>True when it wants MemTools' own small library in the program (<see cref="EngineRequest.ShimPath"/>).</summary>
    bool UsesShim => false;

    /// <summary>True when the mode has a meaning on this engine.</summary>
    bool Supports(HeapCheckMode mode);

    /// <summary>Looks whether the target really has it, and for what it needs.</summary>
    /// <param name="target">Where.</param>
    /// <param name="allocator">The allocator that the user named, as found there; null when none was named.</param>
    /// <param name="cancellation">Stops the search.</param>
    Task<EngineTool> FindAsync(ITarget target, Allocator? allocator, CancellationToken cancellation);

    /// <summary>What the start needs.</summary>
    EngineSetup Prepare(EngineRequest request);

    /// <summary>Tells the engine's own lines of standard error from the program's; null when it writes none there.</summary>
    ICheckerText? CreateClassifier(Action<ReadOnlyMemory<byte>>? onProgram, Action<ReadOnlyMemory<byte>>? onChecker) => null;

    /// <summary>What the run proves.</summary>
    EngineVerdict Judge(RunEvidence evidence);

    /// <summary>Reads the reports of a finished run: one for each check of each process that left one.</summary>
    IReadOnlyList<LeakReport> Read(ReportRequest request, CancellationToken cancellation);
}

/// <summary>Splits standard error while it comes.</summary>
public interface ICheckerText
{
    /// <summary>Takes the next bytes.</summary>
    void Feed(ReadOnlySpan<byte> bytes);

    /// <summary>Shows what is held back because it could still become one of the engine's lines.</summary>
    void FlushPending();

    /// <summary>Ends the text; returns what the engine said, to be found again in <see cref="RunEvidence.CheckerWords"/>.</summary>
    object Complete();
}

/// <summary>What an engine is asked to do.</summary>
public sealed record EngineRequest
{
    public required HeapCheckMode Mode { get; init; }

    /// <summary>Where the engine is to write: a path on the target.</summary>
    public required string DumpDirectory { get; init; }

    public required LaunchRequest Launch { get; init; }

    /// <summary>What <see cref="ILeakEngine.FindAsync"/> found.</summary>
    public required EngineTool Tool { get; init; }

    /// <summary>The environment before the engine's changes.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required ITarget Target { get; init; }

    /// <summary>True when the allocator is preloaded, false when the program brings it itself.</summary>
    public bool IsPreloaded { get; init; }

    /// <summary>MemTools' own library on the target; null when the engine does not use it or it cannot be loaded there.</summary>
    public string? ShimPath { get; init; }
}

/// <summary>What an engine adds to a start.</summary>
public sealed record EngineSetup
{
    /// <summary>Variables to set.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Libraries to preload before all others.</summary>
    public IReadOnlyList<string> Preload { get; init; } = [];

    /// <summary>A program and its arguments to put in front of the program; empty for none.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Facts from which an engine draws its verdict.</summary>
public sealed record RunEvidence
{
    /// <summary>The run as far as it is known: how it ended, what it was.</summary>
    public required AllocatorRun Run { get; init; }

    /// <summary>Folder on this machine with what the engine wrote.</summary>
    public required string RunPath { get; init; }

    /// <summary>What the classifier collected; null when standard error was not seen.</summary>
    public object? CheckerWords { get; init; }

    /// <summary>Processes that descend from the program; null when unknown.</summary>
    public ChildProcesses? Children { get; init; }
}

/// <summary>Which reports to read and how.</summary>
/// <param name="Run">The run.</param>
/// <param name="Paths">Files to read: those the engine wrote, and the kept standard error when there is one.</param>
/// <param name="Symbols">Where symbols come from.</param>
/// <param name="Files">Where modules are looked for.</param>
/// <param name="Progress">Told of the steps; null for nobody.</param>
public sealed record ReportRequest(
    AllocatorRun Run, IReadOnlyList<string> Paths, SymbolizeOptions Symbols, IFileSource Files, IProgress<ProgressStep>? Progress);

/// <summary>What a run proves.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">Why, in one sentence, and for NotChecked what to do.</param>
/// <param name="ReportPaths">Files that the engine wrote.</param>
/// <param name="Warnings">What the user should know besides.</param>
/// <param name="Children">The program's own descendants, without helpers of the engine's; null to leave them as they were seen.</param>
public sealed record EngineVerdict(
    Verdict Verdict, string Reason, IReadOnlyList<string> ReportPaths, IReadOnlyList<string> Warnings, IReadOnlyList<ChildProcess>? Children = null);
