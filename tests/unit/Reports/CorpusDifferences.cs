namespace MemTools.Tests.Reports;

/// <summary>
/// Where a sample of the corpus does not read to the truth of its expected.json, and why: the one table of the tests that walk the corpus. A line that no sample
/// needs any more fails <see cref="CorpusWalkTests"/>.
/// </summary>
internal static class CorpusDifferences
{
    /// <summary>Samples that prove no check, and words of the verdict's reason.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotChecked = new Dictionary<string, string>
    {
        // gperftools checks in its exit handlers, which these never came to.
        ["heapcheck-abnormal/segv"] = "never gave its verdict",
        ["heapcheck-abnormal/term"] = "never gave its verdict",
        // A static program loads no library: silence.
        ["heapcheck-normal/basic_static"] = "never announced itself",
        ["lsan/basic_static"] = "never announced itself",
        ["jemalloc-leak/basic_static"] = "never announced itself",
        ["valgrind-xml/basic_static"] = "statically linked",
        // Libraries without a checker, and an environment that does not switch it on.
        ["heapcheck-options/minimal_lib"] = "never announced itself",
        ["heapcheck-options/v2_17_plus_noop"] = "never announced itself",
        ["heapcheck-options/missing_preload"] = "could not preload",
        ["heapcheck-options/bad_mode"] = "does not know this mode",
        ["jemalloc-options/badopt"] = "Invalid conf",
        ["jemalloc-options/leak_only"] = "never announced itself",
        ["mtrace/noshim"] = "never announced itself",
        // It says "No leaks found" after it has turned itself off.
        ["heapcheck-options/strace_ptraced"] = "traced",
        ["lsan-options/ptrace_denied"] = "fatal error",
        // Only the program's own checks, of which these have none.
        ["heapcheck-local/basic_c"] = "mode local",
        ["heapcheck-local/clean"] = "mode local",
        ["heapcheck-local/many"] = "mode local",
        ["heapcheck-local/threads"] = "mode local",
        // Nothing in the files shows that the process came to an orderly end; a run has a marker for it.
        ["lsan/clean"] = "never announced itself",
        ["mtrace/clean"] = "does not say whether the process ended in order",
        ["heaptrack/_exit"] = "recorded no allocation",
        ["heaptrack/segv"] = "recorded no allocation",
    };

    /// <summary>Samples whose functions cannot be told: mtrace records the caller of malloc alone, which for C++ is operator new in the runtime's library.</summary>
    public static readonly IReadOnlyDictionary<string, string> WithoutNames = new Dictionary<string, string>
    {
        ["mtrace/templ_O2"] = "the caller of malloc is operator new", ["mtrace/threads"] = "the caller of malloc is operator new",
    };

    /// <summary>Samples that give totals and no stacks.</summary>
    public static readonly IReadOnlyDictionary<string, string> TotalsOnly = new Dictionary<string, string>
    {
        ["valgrind-xtree/basic_c"] = "--xtree-leak writes the records into a file in callgrind's format",
    };

    /// <summary>Folders that hold no leak report, and what they are.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoLeakReport = new Dictionary<string, string>
    {
        ["glibc"] = "MALLOC_CHECK_ finds misuse, not leaks",
        ["heapprofile"] = "heap profiles: what is live, by HEAPPROFILE; CorpusProfileTests",
        ["mimalloc"] = "statistics: mimalloc has no leak checker",
    };

    /// <summary>True for engines that cannot tell reachable memory from lost.</summary>
    public static bool CountsReachable(string engine) => engine is "jemalloc" or "mtrace" or "heaptrack";

    /// <summary>The bytes that the engine must report for a site: jemalloc counts what it really gave.</summary>
    public static long Bytes(string engine, CorpusSite site) => engine == "jemalloc" ? UsableBytes(site) : site.Bytes;

    /// <summary>What jemalloc really gives for a request: multiples of 16 to 128, then four classes per doubling (jemalloc's size classes on 64 bits).</summary>
    private static long UsableBytes(CorpusSite site)
    {
        long size = site.Bytes / site.Objects;
        if (size * site.Objects != site.Bytes)
        {
            throw new InvalidOperationException($"{site.Id} has objects of different sizes.");
        }

        if (size <= 8)
        {
            return 8 * site.Objects;
        }

        if (size <= 128)
        {
            return (size + 15) / 16 * 16 * site.Objects;
        }

        long step = 32;
        for (long group = 256; group < size; group *= 2)
        {
            step *= 2;
        }

        return (size + step - 1) / step * step * site.Objects;
    }
}
