using V = MemTools.Allocators.Catalog.VariableType;

namespace MemTools.Allocators.Catalog;

/// <summary>glibc's own allocator: nothing to install, nothing to preload.</summary>
internal static class GlibcEntries
{
    public static CatalogEntry Ptmalloc { get; } = new()
    {
        Name = "ptmalloc",
        Aliases = ["glibc"],
        Summary = "glibc's own malloc: nothing is preloaded; leaks are found by an engine beside it.",
        Upstream = "https://sourceware.org/glibc/",
        Sonames = ["libc.so.6"],
        Packages =
        [
            new(PackageFamily.Apt, ["libc6"]), new(PackageFamily.Rpm, ["glibc"]), new(PackageFamily.Zypper, ["glibc"]),
            new(PackageFamily.Pacman, ["glibc"]),
            new(PackageFamily.Apk, [], "musl has an allocator of its own; glibc's is not available."),
        ],
        Variables =
        [
            .. Tunables,
            Alias("MALLOC_ARENA_MAX", V.Integer, "Arenas at most."),
            Alias("MALLOC_ARENA_TEST", V.Integer, "Arenas from which the limit is computed."),
            Alias("MALLOC_TOP_PAD_", V.Bytes, "Extra bytes asked of the system at a time."),
            Alias("MALLOC_PERTURB_", V.Integer, "Byte that fills freed memory; its complement fills new memory."),
            Alias("MALLOC_MMAP_MAX_", V.Integer, "Objects allocated by mmap at most."),
            Alias("MALLOC_MMAP_THRESHOLD_", V.Bytes, "Size from which mmap is used."),
            Alias("MALLOC_TRIM_THRESHOLD_", V.Bytes, "Free bytes at the top from which memory goes back."),
            Alias("MALLOC_CHECK_", V.Integer, "Checks consistency; since 2.34 only with libc_malloc_debug.so.0 preloaded."),
            Alias("MALLOC_TRACE", V.Path, "mtrace's log; the program (or a shim) must call mtrace(), since 2.34 with libc_malloc_debug.so.0 preloaded."),
        ],
        OwnEngines = ["Mtrace"],
    };

    // The list is what `ld.so --list-tunables` prints; that also tells what the libc at hand knows.
    private static IReadOnlyList<AllocatorVariable> Tunables =>
    [
        Tunable("check", V.Integer, "0", "Checks consistency; since 2.34 only with libc_malloc_debug.so.0 preloaded.", "2.26"),
        Tunable("top_pad", V.Bytes, "131072", "Extra bytes asked of the system at a time.", "2.26"),
        Tunable("perturb", V.Integer, "0", "Byte that fills freed memory; its complement fills new memory.", "2.26"),
        Tunable("mmap_max", V.Integer, "65536", "Objects allocated by mmap at most.", "2.26"),
        Tunable("mmap_threshold", V.Bytes, "131072", "Size from which mmap is used; set, it no longer adapts.", "2.26"),
        Tunable("trim_threshold", V.Bytes, "131072", "Free bytes at the top from which memory goes back.", "2.26"),
        Tunable("arena_max", V.Integer, "0", "Arenas at most; 0 for eight per processor.", "2.26"),
        Tunable("arena_test", V.Integer, "8", "Arenas from which the limit is computed.", "2.26"),
        Tunable("tcache_max", V.Bytes, "1032", "Greatest size that thread caches keep.", "2.26"),
        Tunable("tcache_count", V.Integer, "7", "Objects per size in a thread's cache.", "2.26"),
        Tunable("tcache_unsorted_limit", V.Integer, "0", "Chunks looked at to fill a thread's cache; 0 for all.", "2.26"),
        Tunable("mxfast", V.Bytes, "128", "Greatest size of fast bins.", "2.31"),
        Tunable("hugetlb", V.Integer, "0", "1: transparent huge pages, 2: explicit ones, more: of that size.", "2.35"),
        new()
        {
            Name = "glibc.mem.tagging", Carrier = VariableCarrier.GlibcTunables, Type = V.Integer, Default = "0", Since = "2.33",
            Meaning = "Memory tagging, where the processor has it.",
        },
    ];

    private static AllocatorVariable Tunable(string name, VariableType type, string value, string meaning, string since) =>
        new()
        {
            Name = "glibc.malloc." + name, Carrier = VariableCarrier.GlibcTunables, Type = type, Default = value,
            Meaning = meaning, Since = since,
        };

    private static AllocatorVariable Alias(string name, VariableType type, string meaning) =>
        new() { Name = name, Type = type, Meaning = meaning };
}
