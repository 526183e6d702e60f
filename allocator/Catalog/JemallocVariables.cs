using V = MemTools.Allocators.Catalog.VariableType;

namespace MemTools.Allocators.Catalog;

/// <summary>jemalloc's MALLOC_CONF keys (source: the manual page and <c>stats_print</c> of 5.3.0).</summary>
internal static class JemallocVariables
{
    public static IReadOnlyList<AllocatorVariable> All { get; } =
    [
        Of("abort_conf", V.Boolean, "false", "A bad pair is fatal, so that no typo passes silently."),
        Of("confirm_conf", V.Boolean, "false", "Prints every source and pair of settings."),
        Of("abort", V.Boolean, "false", "A warning is fatal."),
        Of("prof", V.Boolean, "false", "Heap profiling; needs a library built with --enable-prof."),
        Of("prof_active", V.Boolean, "true", "Profiling starts active."),
        Of("prof_thread_active_init", V.Boolean, "true", "Profiling starts active in new threads."),
        Of("lg_prof_sample", V.Integer, "19", "Logarithm to base 2 of the bytes between samples; 0 for every allocation, as leak checks need."),
        Of("prof_leak", V.Boolean, "false", "A summary of what is live at exit; without prof_final it does nothing."),
        Of("prof_leak_error", V.Boolean, "false", "Exit code 1 when something is live at exit; it leaves the final dump empty.", since: "5.3.0"),
        Of("prof_final", V.Boolean, "false", "A final dump PREFIX.PID.SEQ.f.heap."),
        Of("prof_prefix", V.Path, "jeprof", "Start of the dumps' names."),
        Of("prof_accum", V.Boolean, "false", "Keeps cumulative counts."),
        Of("lg_prof_interval", V.Integer, "-1", "Logarithm to base 2 of the bytes allocated between dumps; -1 for none."),
        Of("prof_gdump", V.Boolean, "false", "Dumps whenever the memory in use is higher than ever."),
        Of("prof_stats", V.Boolean, "false", "Keeps statistics per size class.", since: "5.3.0"),
        Of("prof_unbias", V.Boolean, "true", "Corrects counts for sampling.", since: "5.3.0"),
        Of("prof_log", V.Boolean, "false", "Logs sampled allocations.", since: "5.2.0"),
        Of("prof_recent_alloc_max", V.Integer, "0", "Recent sampled allocations kept.", since: "5.3.0"),
        Of("prof_sys_thread_name", V.Boolean, "false", "Uses the system's thread names.", since: "5.3.0"),
        Of("prof_bt_max", V.Integer, "128", "Frames per stack.", since: "5.3.1"),
        Of("prof_pid_namespace", V.Boolean, "false", "Names dumps by the process id inside the namespace.", since: "5.3.1"),
        Of("stats_print", V.Boolean, "false", "Prints statistics at exit."),
        Of("stats_print_opts", V.Text, "", "What is printed; J for JSON."),
        Of("stats_interval", V.Integer, "-1", "Bytes allocated between statistics; -1 for none.", since: "5.3.0"),
        Of("stats_interval_opts", V.Text, "", "What those print.", since: "5.3.0"),
        Of("narenas", V.Integer, "", "Arenas; four per processor."),
        new()
        {
            Name = "percpu_arena", Carrier = VariableCarrier.MallocConf, Type = V.Choice, Choices = ["disabled", "percpu", "phycpu"],
            Default = "disabled", Meaning = "An arena per processor.",
        },
        Of("background_thread", V.Boolean, "false", "Purges in threads of its own."),
        Of("max_background_threads", V.Integer, "", "Such threads at most."),
        Of("dirty_decay_ms", V.Milliseconds, "10000", "Time until unused dirty pages are purged; -1 for never."),
        Of("muzzy_decay_ms", V.Milliseconds, "0", "Time until lazily freed pages are purged; -1 for never."),
        Of("retain", V.Boolean, "true", "Keeps unused address space for reuse."),
        new()
        {
            Name = "metadata_thp", Carrier = VariableCarrier.MallocConf, Type = V.Choice, Choices = ["disabled", "auto", "always"],
            Default = "disabled", Meaning = "Transparent huge pages for its own data.",
        },
        new()
        {
            Name = "thp", Carrier = VariableCarrier.MallocConf, Type = V.Choice, Choices = ["default", "always", "never"],
            Default = "default", Meaning = "Transparent huge pages.",
        },
        new()
        {
            Name = "dss", Carrier = VariableCarrier.MallocConf, Type = V.Choice, Choices = ["disabled", "primary", "secondary"],
            Default = "secondary", Meaning = "Use of sbrk.",
        },
        Of("oversize_threshold", V.Bytes, "8388608", "Size from which an arena of its own is used."),
        Of("tcache", V.Boolean, "true", "Caches per thread."),
        Of("tcache_max", V.Bytes, "32768", "Greatest cached size.", since: "5.3.0"),
        Of("lg_tcache_max", V.Integer, "15", "The same as a logarithm to base 2."),
        Of("junk", V.Text, "false", "Fills memory with junk: true, false, alloc or free (needs --enable-fill)."),
        Of("zero", V.Boolean, "false", "Fills memory with zeros (needs --enable-fill)."),
        new()
        {
            Name = "zero_realloc", Carrier = VariableCarrier.MallocConf, Type = V.Choice, Choices = ["alloc", "free", "abort"],
            Default = "free", Since = "5.3.0", Meaning = "What realloc(p, 0) does.",
        },
        Of("xmalloc", V.Boolean, "false", "Aborts when out of memory (needs --enable-xmalloc)."),
        Of("utrace", V.Boolean, "false", "Traces allocations by utrace (BSD, --enable-utrace)."),
        Of("cache_oblivious", V.Boolean, "true", "Spreads large objects over cache lines; a setting of its own since 5.3.1, before that of the build."),
        Of("trust_madvise", V.Boolean, "true", "Believes that MADV_DONTNEED zeroes pages."),
        Of("hpa", V.Boolean, "false", "Huge-page-aware allocator.", since: "5.3.0"),
        Of("hpa_slab_max_alloc", V.Bytes, "65536", "Greatest size that huge pages serve.", since: "5.3.0"),
        Of("hpa_hugification_threshold", V.Bytes, "1992294", "Bytes in use from which a page is made huge.", since: "5.3.0"),
        Of("hpa_hugify_delay_ms", V.Milliseconds, "10000", "Delay before a page is made huge.", since: "5.3.0"),
        Of("hpa_min_purge_interval_ms", V.Milliseconds, "5000", "Least time between purges of huge pages.", since: "5.3.0"),
        Of("hpa_dirty_mult", V.Text, "0.25", "Dirty share of huge pages; -1 for any.", since: "5.3.0"),
        Of("hpa_sec_nshards", V.Integer, "4", "Small caches in front of the huge pages.", since: "5.3.0"),
        Of("hpa_sec_max_alloc", V.Bytes, "32768", "Greatest size in them.", since: "5.3.0"),
        Of("hpa_sec_max_bytes", V.Bytes, "262144", "Bytes in each of them at most.", since: "5.3.0"),
        Of("tcache_nslots_small_min", V.Integer, "20", "Least cached objects per small size.", since: "5.3.0"),
        Of("tcache_nslots_small_max", V.Integer, "200", "Most cached objects per small size.", since: "5.3.0"),
        Of("tcache_nslots_large", V.Integer, "20", "Cached objects per large size.", since: "5.3.0"),
        Of("lg_tcache_nslots_mul", V.Integer, "1", "Logarithm to base 2 of the cached objects per object of a slab.", since: "5.3.0"),
        Of("tcache_gc_incr_bytes", V.Bytes, "65536", "Bytes allocated between collections of a thread's cache.", since: "5.3.0"),
        Of("tcache_gc_delay_bytes", V.Bytes, "0", "Bytes allocated before a cached size is collected.", since: "5.3.0"),
        Of("lg_tcache_flush_small_div", V.Integer, "1", "Logarithm to base 2 of the share flushed, small sizes.", since: "5.3.0"),
        Of("lg_tcache_flush_large_div", V.Integer, "1", "Logarithm to base 2 of the share flushed, large sizes.", since: "5.3.0"),
        Of("experimental_infallible_new", V.Boolean, "false", "operator new ends the program instead of throwing.", since: "5.3.0"),
        Of("mutex_max_spin", V.Integer, "600", "Spins before a lock blocks.", since: "5.3.0"),
        Of("lg_extent_max_active_fit", V.Integer, "6", "How much larger a reused extent may be."),
        Of("san_guard_small", V.Integer, "0", "Guards one in so many small extents.", since: "5.3.0"),
        Of("san_guard_large", V.Integer, "0", "Guards one in so many large extents.", since: "5.3.0"),
        Of("calloc_madvise_threshold", V.Bytes, "", "Size from which calloc zeroes by madvise.", since: "5.3.1"),
        Of("debug_double_free_max_scan", V.Integer, "", "Cached objects compared to find a double free.", since: "5.3.1"),
        Of("disable_large_size_classes", V.Boolean, "", "Large sizes are rounded to pages only.", since: "5.3.1"),
        Of("hpa_hugify_sync", V.Boolean, "", "Makes huge pages at once.", since: "5.3.1"),
        Of("hpa_min_purge_delay_ms", V.Milliseconds, "", "Least delay before huge pages are purged.", since: "5.3.1"),
        Of("hpa_purge_threshold", V.Bytes, "", "Bytes from which huge pages are purged.", since: "5.3.1"),
        Of("huge_arena_pac_thp", V.Boolean, "", "Transparent huge pages in the arena of huge objects.", since: "5.3.1"),
        Of("process_madvise_max_batch", V.Integer, "", "Ranges per process_madvise call.", since: "5.3.1"),
        Of("experimental_tcache_gc", V.Boolean, "", "Another way to shrink thread caches.", since: "5.3.1"),
        Of("hpa_sec_bytes_after_flush", V.Bytes, "", "Bytes left in a small cache after a flush.", since: "5.3.0", removed: "5.3.1"),
        Of("hpa_sec_batch_fill_extra", V.Integer, "", "Extra objects at a fill.", since: "5.3.0", removed: "5.3.1"),
    ];

    private static AllocatorVariable Of(
        string name, VariableType type, string value, string meaning, string? since = null, string? removed = null) =>
        new()
        {
            Name = name, Carrier = VariableCarrier.MallocConf, Type = type, Default = value, Meaning = meaning,
            Since = since, Removed = removed,
        };
}
