namespace MemTools.Reports.Readers;

/// <summary>What gperftools' heap checker (2.16 and older) said on standard error, by one or by several processes that share the stream.</summary>
public sealed class HeapCheckLog
{
    /// <summary>How many processes (or exec'd images) announced an active checker.</summary>
    public int Banners { get; init; }

    /// <summary>Verdicts in the order they were given; identical repetitions of one are counted in <see cref="HeapCheckResult.Occurrences"/>.</summary>
    public IReadOnlyList<HeapCheckResult> Checks { get; init; } = [];

    /// <summary>Everything else that the checker, the allocator or the dynamic loader said, each distinct text once (at most <see cref="MaxNotices"/>).</summary>
    public IReadOnlyList<HeapCheckNotice> Notices { get; init; } = [];

    /// <summary>Bytes read, those of the program included.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Distinct notice texts that are kept; further ones are only counted under the kind.</summary>
    public const int MaxNotices = 1000;

    /// <summary>How often a notice of the kind was seen.</summary>
    public int Count(HeapCheckNoticeKind kind)
    {
        long count = 0;
        foreach (HeapCheckNotice notice in Notices)
        {
            count += notice.Kind == kind ? notice.Count : 0;
        }

        return (int)Math.Min(count, int.MaxValue);
    }

    /// <summary>True when a notice of the kind was seen.</summary>
    public bool Has(HeapCheckNoticeKind kind) => Count(kind) > 0;

    /// <summary>True when the text holds anything that the checker itself says.</summary>
    public bool HasCheckerWords => Banners > 0 || Checks.Count > 0 || Notices.Any(n => n.Kind.IsChecker());
}

/// <summary>What a check said.</summary>
public enum HeapCheckOutcome
{
    /// <summary><c>No leaks found for check "NAME"</c>.</summary>
    Clean,

    /// <summary><c>Leak check NAME detected leaks of B bytes in N objects</c>.</summary>
    Leaks,

    /// <summary>An explicit checker in a process whose checker is not active, or was turned off meanwhile.</summary>
    Inactive,
}

/// <summary>The verdict of one check of one process.</summary>
public sealed class HeapCheckResult
{
    /// <summary><c>_main_</c> for the whole program, otherwise the name given to the HeapLeakChecker object.</summary>
    public required string Name { get; init; }

    public required HeapCheckOutcome Outcome { get; init; }

    /// <summary>Leaked bytes; 0 when clean.</summary>
    public long Bytes { get; init; }

    /// <summary>Leaked objects; 0 when clean.</summary>
    public long Objects { get; init; }

    /// <summary>Live objects that the check reached; only of clean checks.</summary>
    public long ReachableObjects { get; init; }

    /// <summary>Live bytes that the check reached; only of clean checks.</summary>
    public long ReachableBytes { get; init; }

    /// <summary>The K of "The K largest leaks"; 0 when the line is missing.</summary>
    public int Announced { get; internal set; }

    /// <summary>Stacks that the report left out ("Skipping leaks numbered A..B").</summary>
    public int Skipped { get; internal set; }

    /// <summary>Records printed, most bytes first as the checker sorts them.</summary>
    public IReadOnlyList<HeapCheckRecord> Records => RecordList;

    /// <summary>The program, from the suggested pprof command; null when that line is missing or cut.</summary>
    public string? ProgramPath { get; internal set; }

    /// <summary>The <c>*-end.heap</c> file, from the suggested pprof command; null when that line is missing or cut.</summary>
    public string? ProfilePath { get; internal set; }

    /// <summary>Process, from the profile's file name; null when unknown.</summary>
    public int? ProcessId { get; internal set; }

    /// <summary>True when the checker said that it could not write the profile.</summary>
    public bool DumpFailed { get; internal set; }

    /// <summary>True when the report came to its last line; false when the process or the stream ended in the middle of it.</summary>
    public bool IsComplete { get; internal set; }

    /// <summary>How often the same verdict with the same records was given.</summary>
    public int Occurrences { get; internal set; } = 1;

    internal List<HeapCheckRecord> RecordList { get; } = [];
}

/// <summary>One "Leak of" paragraph.</summary>
public sealed class HeapCheckRecord
{
    public required long Bytes { get; init; }

    public required long Objects { get; init; }

    /// <summary>Frames, the allocation first. Shared between records of equal stacks.</summary>
    public IReadOnlyList<HeapCheckFrame> Frames { get; internal set; } = [];

    /// <summary>True when the paragraph filled the checker's print buffer, so that frames are missing and the last one may be cut.</summary>
    public bool IsCut { get; internal set; }
}

/// <summary>One "@ address symbol" line.</summary>
/// <param name="Address">Return address in the process; 0 when the line was cut inside it.</param>
/// <param name="Symbol">What pprof --symbols made of it (no template arguments, no parameters); null when unsymbolized.</param>
public readonly record struct HeapCheckFrame(ulong Address, string? Symbol);

/// <summary>Something said beside the verdicts.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Text">The line.</param>
/// <param name="Count">How often.</param>
public sealed record HeapCheckNotice(HeapCheckNoticeKind Kind, string Text, long Count);

/// <summary>Kinds of notices. Source of the texts: heap-checker.cc, heap-profile-table.cc and symbolize.cc of gperftools 2.10 and 2.16, ld.so of glibc 2.36.</summary>
public enum HeapCheckNoticeKind
{
    /// <summary>"Someone is ptrace()ing us; will turn itself off": the "No leaks found" that follows is false.</summary>
    Ptraced,

    /// <summary>"Turning perftools heap leak checking off".</summary>
    TurnedOff,

    /// <summary>"Can't run under Valgrind; will turn itself off".</summary>
    UnderValgrind,

    /// <summary>"HeapChecker: ignoring HEAPCHECK because program seems to be setuid".</summary>
    Setuid,

    /// <summary>"Unsupported heap_check flag: X"; the process aborts.</summary>
    UnsupportedMode,

    /// <summary>"Can not start so late. You have to enable heap checking with HEAPCHECK=MODE."; the process aborts.</summary>
    TooLate,

    /// <summary>"Have memory regions w/o callers: might report false leaks"; practically always there.</summary>
    RegionsWithoutCallers,

    /// <summary>"Thread finding failed with R errno=E": ptrace is denied.</summary>
    ThreadFindingFailed,

    /// <summary>"Could not find thread stacks. Will likely report false leak positives."</summary>
    ThreadStacksNotFound,

    /// <summary>"Thread stacks not found for N threads. Will likely report false leak positives."</summary>
    SomeThreadStacksNotFound,

    /// <summary>"Not looking for thread stacks; objects reachable only from there will be reported as leaks" (draconian).</summary>
    NotLookingForThreadStacks,

    /// <summary>"Memory region for stack at P not found. Will likely report false leak positives."</summary>
    StackRegionNotFound,

    /// <summary>"Could not open /proc/self/maps: errno=N. Libraries will not be handled correctly."</summary>
    MapsUnreadable,

    /// <summary>"No shared libs detected. Will likely report false leak positives for statically linked executables."</summary>
    NoSharedLibraries,

    /// <summary>"No live heap object at P to ignore".</summary>
    NoLiveObject,

    /// <summary>"Found leaks without pointer alignment as well: …" and its second line.</summary>
    AlignmentIsNotTheCause,

    /// <summary>"Found no leaks without pointer alignment: something might be placing pointers at unaligned addresses! …".</summary>
    AlignmentIsTheCause,

    /// <summary>"Cannot convert addresses to symbols" and its reason: PPROF_PATH is not set.</summary>
    NoSymbols,

    /// <summary>"Failed dumping filtered heap profile to F", "Could not write pprof profile to F".</summary>
    DumpFailed,

    /// <summary>"leaked N byte object 0xADDR" (HEAP_CHECK_IDENTIFY_LEAKS).</summary>
    IdentifiedObject,

    /// <summary>"Exiting with error code (instead of crashing) because of whole-program memory leaks": exit code 1.</summary>
    ExitsForLeaks,

    /// <summary>"Whole-program memory leaks found.": the process aborts.</summary>
    AbortsForLeaks,

    /// <summary>ld.so's "object 'X' from LD_PRELOAD cannot be preloaded (…): ignored."</summary>
    PreloadFailed,

    /// <summary>"tcmalloc: large alloc N bytes == P @ …".</summary>
    LargeAllocation,

    /// <summary>The heap profiler's "Starting tracking the heap", "Dumping heap profile to F (…)", "Failed dumping heap profile to F".</summary>
    HeapProfiler,

    /// <summary>Advice and headings that carry no fact.</summary>
    Advice,
}

/// <summary>Groups of notice kinds.</summary>
public static class HeapCheckNoticeKinds
{
    /// <summary>True when only the heap checker prints it (not the allocator, the heap profiler or the dynamic loader).</summary>
    public static bool IsChecker(this HeapCheckNoticeKind kind) =>
        kind is not (HeapCheckNoticeKind.PreloadFailed or HeapCheckNoticeKind.LargeAllocation or HeapCheckNoticeKind.HeapProfiler);

    /// <summary>True when the checker switched itself off in some process.</summary>
    public static bool IsOff(this HeapCheckNoticeKind kind) =>
        kind is HeapCheckNoticeKind.Ptraced or HeapCheckNoticeKind.TurnedOff or HeapCheckNoticeKind.UnderValgrind or HeapCheckNoticeKind.Setuid;

    /// <summary>True when thread stacks were not looked at, so that live memory may be called leaked.</summary>
    public static bool IsDoubtful(this HeapCheckNoticeKind kind) =>
        kind is HeapCheckNoticeKind.ThreadFindingFailed or HeapCheckNoticeKind.ThreadStacksNotFound or HeapCheckNoticeKind.SomeThreadStacksNotFound
            or HeapCheckNoticeKind.StackRegionNotFound or HeapCheckNoticeKind.MapsUnreadable or HeapCheckNoticeKind.NoSharedLibraries;
}
