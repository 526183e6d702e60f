using V = MemTools.Allocators.Catalog.VariableType;

namespace MemTools.Allocators.Catalog;

/// <summary>gperftools' settings (source: heap-checker.cc, heap-profiler.cc, tcmalloc.cc, debugallocation.cc of 2.10 to 2.18.1).</summary>
internal static class GperftoolsVariables
{
    private const string Gone = "2.17";

    public static IReadOnlyList<AllocatorVariable> HeapCheck { get; } =
    [
        new()
        {
            Name = "HEAPCHECK", Type = V.Choice, Removed = Gone,
            Choices = ["minimal", "normal", "strict", "draconian", "as-is", "local"],
            Meaning = "Checks the whole program for leaks at exit; anything else than these words aborts the program.",
        },
        Flag("HEAP_CHECK_AFTER_DESTRUCTORS", "true", "Checks after global destructors; the start-up code forces it to true."),
        Flag("HEAP_CHECK_IGNORE_THREAD_LIVE", "true", "What thread stacks and registers reach is no leak (draconian: false)."),
        Flag("HEAP_CHECK_IGNORE_GLOBAL_LIVE", "true", "What global variables reach is no leak (draconian: false)."),
        Flag("HEAP_CHECK_IDENTIFY_LEAKS", "false", "Prints each leaked object's address; the program then ends by abort."),
        Flag("HEAP_CHECK_TEST_POINTER_ALIGNMENT", "false", "Looks again with alignment 1, to find pointers at odd addresses."),
        new()
        {
            Name = "HEAP_CHECK_POINTER_SOURCE_ALIGNMENT", Type = V.Integer, Default = "8", Removed = Gone,
            Meaning = "Alignment, in bytes, at which pointers are looked for.",
        },
        new()
        {
            Name = "HEAP_CHECK_MAX_POINTER_OFFSET", Type = V.Integer, Default = "1024", Removed = Gone,
            Meaning = "Bytes into an object up to which an interior pointer keeps it alive; -1 for the whole object.",
        },
        new()
        {
            Name = "HEAP_CHECK_MAX_LEAKS", Type = V.Integer, Default = "20", Removed = Gone,
            Meaning = "Leaks printed; 0 or less for all. The .heap file always has all.",
        },
        new()
        {
            Name = "HEAP_CHECK_DUMP_DIRECTORY", Type = V.Path, Default = "/tmp", Removed = Gone,
            Meaning = "Folder of the .heap files.",
        },
        Flag("HEAP_CHECK_RUN_UNDER_GDB", "false", "Checks although the program is traced."),
        new()
        {
            Name = "PPROF_PATH", Type = V.Path, Default = "pprof", Removed = Gone,
            Meaning = "Absolute path of the Perl pprof that turns addresses to names in the printed report.",
        },
        new()
        {
            Name = "PERFTOOLS_VERBOSE", Type = V.Integer, Default = "0",
            Meaning = "How much is printed; -10 silences even the leak report, 10 and more flood.",
        },
    ];

    public static IReadOnlyList<AllocatorVariable> HeapProfile { get; } =
    [
        new() { Name = "HEAPPROFILE", Type = V.Path, Meaning = "Turns the heap profiler on; start of the files' names (PREFIX.0001.heap)." },
        new() { Name = "HEAPPROFILE_USE_PID", Type = V.Boolean, Since = "2.11", Meaning = "Appends the process id to the files' names." },
        new()
        {
            Name = "HEAP_PROFILE_ALLOCATION_INTERVAL", Type = V.Bytes, Default = "1073741824",
            Meaning = "Dumps after that many allocated bytes; 0 for never.",
        },
        new()
        {
            Name = "HEAP_PROFILE_DEALLOCATION_INTERVAL", Type = V.Bytes, Default = "0",
            Meaning = "Dumps after that many freed bytes; 0 for never.",
        },
        new()
        {
            Name = "HEAP_PROFILE_INUSE_INTERVAL", Type = V.Bytes, Default = "104857600",
            Meaning = "Dumps when the bytes in use have grown by that much; 0 for never.",
        },
        new()
        {
            Name = "HEAP_PROFILE_TIME_INTERVAL", Type = V.Seconds, Default = "0",
            Meaning = "Dumps after that many seconds, at an allocation; 0 for never.",
        },
        new() { Name = "HEAPPROFILESIGNAL", Type = V.Signal, Meaning = "Dumps on this signal." },
        new() { Name = "HEAP_PROFILE_CLEANUP", Type = V.Boolean, Default = "true", Meaning = "Removes older PREFIX.*.heap files at the start." },
        Flag("HEAP_PROFILE_MMAP", "false", "Profiles mmap, mremap and sbrk too."),
        Flag("HEAP_PROFILE_MMAP_LOG", "false", "Logs mmap calls."),
        Flag("HEAP_PROFILE_ONLY_MMAP", "false", "Profiles mmap, mremap and sbrk alone."),
    ];

    public static IReadOnlyList<AllocatorVariable> Malloc { get; } =
    [
        new()
        {
            Name = "TCMALLOC_SAMPLE_PARAMETER", Type = V.Bytes, Default = "0",
            Meaning = "Bytes between samples for GetHeapSample; 524288 is usual, 0 is off.",
        },
        new() { Name = "TCMALLOC_RELEASE_RATE", Type = V.Number, Default = "1.0", Meaning = "How eagerly memory goes back to the system; 0 for never." },
        new()
        {
            Name = "TCMALLOC_LARGE_ALLOC_REPORT_THRESHOLD", Type = V.Bytes, Default = "1073741824",
            Meaning = "Prints a line for an allocation of that size or more; 0 for never.",
        },
        new()
        {
            Name = "TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES", Type = V.Bytes, Default = "33554432",
            Meaning = "Bytes that all thread caches together may keep.",
        },
        new() { Name = "TCMALLOC_HEAP_LIMIT_MB", Type = V.Integer, Default = "0", Meaning = "MiB after which allocations fail; 0 for no limit." },
        Switch("TCMALLOC_AGGRESSIVE_DECOMMIT", "Gives free pages back to the system at once."),
        new()
        {
            Name = "TCMALLOC_TRANSFER_NUM_OBJ", Type = V.Integer, Default = "32",
            Meaning = "Objects moved at a time between a thread's cache and the central one.",
        },
        Switch("TCMALLOC_SKIP_MMAP", "Takes no memory by mmap."),
        Switch("TCMALLOC_SKIP_SBRK", "Takes no memory by sbrk."),
        Switch("TCMALLOC_DISABLE_MEMORY_RELEASE", "Never gives memory back."),
        Switch("TCMALLOC_ENABLE_SIZED_DELETE", "Uses the size given to operator delete."),
        new()
        {
            Name = "TCMALLOC_STACKTRACE_METHOD", Type = V.Choice,
            Choices = ["libgcc", "libunwind", "generic_fp", "generic_fp_unsafe", "x86"], Meaning = "How stacks are taken.",
        },
        Switch("TCMALLOC_STACKTRACE_METHOD_VERBOSE", "Prints which stack methods exist and which is used."),
        new() { Name = "TCMALLOC_MEMFS_MALLOC_PATH", Type = V.Path, Meaning = "Prefix of files on hugetlbfs or tmpfs that back the memory." },
        new() { Name = "TCMALLOC_MEMFS_LIMIT_MB", Type = V.Integer, Default = "0", Meaning = "MiB of such files; 0 for no limit." },
        Switch("TCMALLOC_MEMFS_ABORT_ON_FAIL", "Aborts when such a file cannot be had."),
        Switch("TCMALLOC_MEMFS_IGNORE_MMAP_FAIL", "Goes on when mapping such a file fails."),
        Switch("TCMALLOC_MEMFS_MAP_PRIVATE", "Maps such files privately."),
        Switch("TCMALLOC_MEMFS_DISABLE_FALLBACK", "Uses no other memory than such files."),
        new() { Name = "TCMALLOC_OVERRIDE_PAGESIZE", Type = V.Bytes, Since = "2.11", Meaning = "Page size to assume instead of the system's." },
        new() { Name = "TCMALLOC_DEVMEM_START", Type = V.Integer, Default = "0", Removed = "2.11", Meaning = "MiB at which /dev/mem is used from." },
        new() { Name = "TCMALLOC_DEVMEM_LIMIT", Type = V.Integer, Default = "0", Removed = "2.11", Meaning = "MiB up to which /dev/mem is used." },
        new() { Name = "MALLOCSTATS", Type = V.Integer, Meaning = "Prints statistics at exit: 1 for little, 2 for more." },
    ];

    public static IReadOnlyList<AllocatorVariable> Debug { get; } =
    [
        Switch("TCMALLOC_TRACE", "Writes each allocation and free to a file."),
        new() { Name = "TCMALLOC_TRACE_FILE", Type = V.Path, Default = "/tmp/google.alloc", Meaning = "That file; the process id is appended." },
        Switch("TCMALLOC_PAGE_FENCE", "Puts an inaccessible page behind each object, so that an overrun crashes at once."),
        Switch("TCMALLOC_PAGE_FENCE_NEVER_RECLAIM", "Leaves a freed object's pages inaccessible for ever."),
        Switch("TCMALLOC_PAGE_FENCE_READABLE", "Lets the fence be read but not written."),
        new()
        {
            Name = "TCMALLOC_RECLAIM_MEMORY", Type = V.Boolean, Default = "true",
            Meaning = "Reuses freed memory; false finds every write after free, at the price of memory.",
        },
        new()
        {
            Name = "TCMALLOC_MAX_FREE_QUEUE_SIZE", Type = V.Bytes, Default = "10485760",
            Meaning = "Bytes of freed objects that are held back and checked for writes before they are reused.",
        },
        new()
        {
            Name = "TCMALLOC_SYMBOLIZE_STACKTRACE", Type = V.Boolean, Default = "true",
            Meaning = "Names the functions in the stacks of its reports.",
        },
    ];

    // All of these went with the heap checker.
    private static AllocatorVariable Flag(string name, string value, string meaning) =>
        new() { Name = name, Type = V.Boolean, Default = value, Meaning = meaning, Removed = Gone };

    private static AllocatorVariable Switch(string name, string meaning) =>
        new() { Name = name, Type = V.Boolean, Default = "false", Meaning = meaning };
}
