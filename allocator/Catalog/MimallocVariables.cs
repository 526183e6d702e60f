using V = MemTools.Allocators.Catalog.VariableType;

namespace MemTools.Allocators.Catalog;

/// <summary>
/// mimalloc's options, each an environment variable MIMALLOC_OPTION (source: what 2.0.9 prints with MIMALLOC_VERBOSE, and options.c
/// of 2.4.1). 2.1 replaced decommitting and resetting by purging.
/// </summary>
internal static class MimallocVariables
{
    public static IReadOnlyList<AllocatorVariable> All { get; } =
    [
        Of("SHOW_ERRORS", V.Boolean, "0", "Prints errors."),
        Of("SHOW_STATS", V.Boolean, "0", "Prints statistics at exit; 'not all freed!' there is no leak report."),
        Of("VERBOSE", V.Boolean, "0", "Prints messages."),
        Of("MAX_ERRORS", V.Integer, "32", "Error messages printed at most (16 before 2.1)."),
        Of("MAX_WARNINGS", V.Integer, "32", "Warnings printed at most (16 before 2.1)."),
        Of("EAGER_COMMIT", V.Boolean, "1", "Commits segments at once."),
        Of("ARENA_EAGER_COMMIT", V.Integer, "2", "Commits arenas at once: 0, 1, or 2 where the system overcommits.", former: "EAGER_REGION_COMMIT", since: "2.1"),
        Of("PURGE_DECOMMITS", V.Boolean, "1", "Purging decommits rather than resets.", former: "RESET_DECOMMITS", since: "2.1"),
        Of("PURGE_DELAY", V.Milliseconds, "10", "Delay before unused memory is purged; -1 for never (1000 in version 3).", former: "RESET_DELAY", since: "2.1"),
        Of("PURGE_EXTEND_DELAY", V.Milliseconds, "1", "Delay added for each following purge.", since: "2.1"),
        Of("ALLOW_LARGE_OS_PAGES", V.Boolean, "0", "Uses large pages.", former: "LARGE_OS_PAGES", since: "2.1"),
        Of("RESERVE_HUGE_OS_PAGES", V.Integer, "0", "1 GiB pages to reserve at the start."),
        Of("RESERVE_HUGE_OS_PAGES_AT", V.Integer, "-1", "NUMA node of those pages; -1 for all."),
        Of("RESERVE_OS_MEMORY", V.Bytes, "0", "Memory to reserve at the start, in KiB unless a suffix says otherwise."),
        Of("EAGER_COMMIT_DELAY", V.Integer, "1", "Segments per thread that are not committed at once."),
        Of("USE_NUMA_NODES", V.Integer, "0", "NUMA nodes to assume; 0 for the system's."),
        Of("DISALLOW_OS_ALLOC", V.Boolean, "0", "Uses only memory that was reserved.", former: "LIMIT_OS_ALLOC", since: "2.1"),
        Of("OS_TAG", V.Integer, "100", "Tag of memory (macOS)."),
        Of("MAX_SEGMENT_RECLAIM", V.Integer, "10", "Percent of abandoned segments looked at when one is needed."),
        Of("DESTROY_ON_EXIT", V.Boolean, "0", "Frees all memory at exit."),
        Of("ARENA_RESERVE", V.Bytes, "1048576", "Size of arenas, in KiB.", since: "2.1"),
        Of("ARENA_PURGE_MULT", V.Integer, "10", "Times PURGE_DELAY before arenas are purged.", since: "2.1"),
        Of("ABANDONED_PAGE_PURGE", V.Boolean, "0", "Purges pages of ended threads at once.", since: "2.1"),
        Of("ABANDONED_RECLAIM_ON_FREE", V.Boolean, "0", "Takes over an ended thread's segment at a free.", since: "2.1"),
        Of("DISALLOW_ARENA_ALLOC", V.Boolean, "0", "Uses no arenas.", since: "2.1"),
        Of("RETRY_ON_OOM", V.Milliseconds, "400", "Retries when out of memory (Windows).", since: "2.1"),
        Of("VISIT_ABANDONED", V.Boolean, "0", "Lets heaps be visited with abandoned blocks.", since: "2.1"),
        Of("GUARDED_MIN", V.Bytes, "0", "Least size of guarded objects (MI_GUARDED builds).", since: "2.1"),
        Of("GUARDED_MAX", V.Bytes, "1073741824", "Greatest size of guarded objects (MI_GUARDED builds).", since: "2.1"),
        Of("GUARDED_PRECISE", V.Boolean, "0", "Puts the object right before its guard page (MI_GUARDED builds).", since: "2.1"),
        Of("GUARDED_SAMPLE_RATE", V.Integer, "0", "One in so many objects is guarded (MI_GUARDED builds).", since: "2.1"),
        Of("GUARDED_SAMPLE_SEED", V.Integer, "0", "Seed of that choice (MI_GUARDED builds).", since: "2.1"),
        Of("TARGET_SEGMENTS_PER_THREAD", V.Integer, "0", "Segments that a thread should keep; 0 for no target.", since: "2.1"),
        Of("GENERIC_COLLECT", V.Integer, "10000", "Collects after so many slow allocations.", since: "2.1"),
        Of("ALLOW_THP", V.Boolean, "1", "Lets the system use transparent huge pages.", since: "2.1"),
        Of("ALLOW_DECOMMIT", V.Boolean, "1", "Gives unused memory back.", removed: "2.1"),
        Of("DECOMMIT_DELAY", V.Milliseconds, "25", "Delay before unused memory goes back.", removed: "2.1"),
        Of("DECOMMIT_EXTEND_DELAY", V.Milliseconds, "1", "Delay added for each following time.", removed: "2.1"),
        Of("SEGMENT_DECOMMIT_DELAY", V.Milliseconds, "500", "Delay before segments go back.", removed: "2.1"),
        Of("PAGE_RESET", V.Boolean, "0", "Resets free pages.", removed: "2.1"),
        Of("ABANDONED_PAGE_DECOMMIT", V.Boolean, "0", "Gives pages of ended threads back at once.", removed: "2.1"),
        Of("MINIMAL_PURGE_SIZE", V.Bytes, "", "Least size that is purged (version 3).", since: "3.0"),
    ];

    private static AllocatorVariable Of(string name, VariableType type, string value, string meaning, string? former = null, string? since = null,
        string? removed = null) =>
        new()
        {
            Name = "MIMALLOC_" + name, Type = type, Default = value, Meaning = meaning, Since = since, Removed = removed,
            FormerNames = former is null ? [] : ["MIMALLOC_" + former],
        };
}
