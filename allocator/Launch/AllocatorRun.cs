using MemTools.Allocators.HeapCheck;
using MemTools.Reports.Model;

namespace MemTools.Allocators.Launch;

/// <summary>Where a run stands.</summary>
public enum RunState
{
    Starting,
    Running,

    /// <summary>The program ended by itself, by a signal or by the timeout; ExitCode or Signal tell how.</summary>
    Exited,

    /// <summary>It could not be started.</summary>
    Failed,

    /// <summary>The session that watched it ended first: how the program ended is not known.</summary>
    Lost,
}

/// <summary>One launch, kept on disk as JSON beside its files. JSON form: docs/json.md.</summary>
public sealed record AllocatorRun
{
    /// <summary>Version of the JSON contract.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Unique, sortable by start time.</summary>
    public required string Id { get; init; }

    public required string FilePath { get; init; }

    public IReadOnlyList<string> ArgumentList { get; init => field = value.Indexable(); } = [];

    /// <summary>The target's name: <c>local</c>, <c>container:NAME</c>, <c>image:NAME</c>.</summary>
    public string Target { get; init; } = "local";

    /// <summary>The allocator's catalogue name or the library's path.</summary>
    public string? Allocator { get; init; }

    /// <summary>Version of the allocator's library; null when unknown.</summary>
    public string? AllocatorVersion { get; init; }

    public HeapCheckMode HeapCheck { get; init; }

    /// <summary>The leak engine; null when no check was asked for.</summary>
    public string? Engine { get; init; }

    /// <summary>How often it repeated its work, and the run that it is compared with; null when that was not asked for.</summary>
    public RunRepeat? Repeat { get; init; }

    public RunState State { get; init; }

    public int? ProcessId { get; init; }

    public DateTimeOffset StartTime { get; init; }

    public TimeSpan Duration { get; init; }

    public TimeSpan UserTime { get; init; }

    public TimeSpan SystemTime { get; init; }

    public long PeakResidentBytes { get; init; }

    public long MinorFaults { get; init; }

    public long MajorFaults { get; init; }

    public long VoluntaryContextSwitches { get; init; }

    public long InvoluntaryContextSwitches { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended the program, for example <c>SIGSEGV</c>; null when it exited.</summary>
    public string? Signal { get; init; }

    public bool CoreDumped { get; init; }

    /// <summary>Who ended it: <c>the time limit</c>, a signal passed on or sent on request; null when it ended by itself.</summary>
    public string? EndedBy { get; init; }

    public Verdict Verdict { get; init; }

    /// <summary>Why, in one sentence, and for NotChecked what to do.</summary>
    public string VerdictReason { get; init; } = "";

    /// <summary>Files that the engine wrote.</summary>
    public IReadOnlyList<string> ReportPaths { get; init => field = value.Indexable(); } = [];

    /// <summary>Dumps of the allocator's heap profiler, oldest first; empty when it was not turned on.</summary>
    public IReadOnlyList<string> HeapProfilePaths { get; init => field = value.Indexable(); } = [];

    /// <summary>Processes that the program started, as far as they could be seen.</summary>
    public IReadOnlyList<ChildProcess> Children { get; init => field = value.Indexable(); } = [];

    public string? StandardOutputPath { get; init; }

    public string? StandardErrorPath { get; init; }

    /// <summary>How often a process of the run replaced itself by exec after it had executed a program (<c>env</c>, <c>exec</c> in a shell).</summary>
    public int ReplacedImages { get; init; }

    /// <summary>The run folder.</summary>
    public string? RunPath { get; init; }

    /// <summary>Names of the variables passed on.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; init => field = value.Indexable(); } = [];

    /// <summary>The variables that MemTools itself set, with values.</summary>
    public IReadOnlyDictionary<string, string> SetEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Blocking findings of the preflight, by id, that did not stop this run because unchecked runs were allowed.</summary>
    public IReadOnlyDictionary<string, string> OverriddenFindings { get; init; } = new Dictionary<string, string>();

    /// <summary>Preflight findings and other things the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = value.Indexable(); } = [];

    /// <summary>Value of <see cref="EndedBy"/> for a program that did not end in time.</summary>
    public const string TimeLimit = "the time limit";

    /// <summary>True when nothing more will change.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFinished => State is RunState.Exited or RunState.Failed or RunState.Lost;
}
