using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports.Formats;

/// <summary>A file of tests/data/profiles and what make.py beside it says that it holds.</summary>
/// <param name="File">Its name.</param>
/// <param name="Values">The values of the three stacks in the type shown by default.</param>
/// <param name="Totals">Every sample type with its sum.</param>
internal sealed record FormatSample(string File, long[] Values, params (string Type, string Unit, long Total)[] Totals)
{
    private static readonly long[] s_bytes = [100, 50, 40];
    private static readonly long[] s_counts = [2, 1, 4];
    private static readonly (string, string, long)[] s_space = [("inuse_objects", "count", 7), ("inuse_space", "bytes", 190)];
    private static readonly (string, string, long)[] s_leaks = [("objects", "count", 7), ("space", "bytes", 190)];
    private static readonly (string, string, long)[] s_cpu = [("samples", "count", 7), ("cpu", "nanoseconds", 70_000_000)];
    private static readonly (string, string, long)[] s_locks = [("contentions", "count", 7), ("delay", "nanoseconds", 190)];
    private static readonly (string, string, long)[] s_heaptrack =
        [("alloc_objects", "count", 8), ("alloc_space", "bytes", 200), ("peak_space", "bytes", 200), ("inuse_objects", "count", 7), ("inuse_space", "bytes", 190)];

    /// <summary>One for each format that is read.</summary>
    public static IReadOnlyList<FormatSample> All { get; } =
    [
        new("heapprofile.heap", s_bytes, s_leaks),
        new("heapprofile-freed.heap", s_bytes, ("alloc_objects", "count", 21), ("alloc_space", "bytes", 570), ("inuse_objects", "count", 7), ("inuse_space", "bytes", 190)),
        new("growth.growth", s_bytes, s_leaks),
        new("heap-go.txt", s_bytes, s_leaks),
        new("jemalloc.heap", s_bytes, ("alloc_objects", "count", 7), ("alloc_space", "bytes", 190), ("inuse_objects", "count", 7), ("inuse_space", "bytes", 190)),
        new("pprof.pb", s_bytes, s_space) { HasLines = true, Note = "a note", Thread = true },
        new("pprof.pb.gz", s_bytes, s_space) { HasLines = true, Note = "a note", Thread = true },
        new("cpu-64.prof", [20_000_000, 10_000_000, 40_000_000], s_cpu),
        new("cpu-32-big.prof", [20_000_000, 10_000_000, 40_000_000], s_cpu),
        new("contention.txt", s_bytes, s_locks),
        new("mutex.txt", s_bytes, s_locks),
        new("goroutine.txt", s_counts, ("goroutine", "count", 7)) { HasLines = true },
        new("massif.out", s_bytes, ("inuse_space", "bytes", 190)) { HasLines = true },
        new("callgrind.out", s_bytes, ("Bytes", "count", 190), ("Blocks", "count", 7)) { HasLines = true },
        new("heaptrack.txt", s_bytes, s_heaptrack) { HasLines = true },
        new("heaptrack.gz", s_bytes, s_heaptrack) { HasLines = true },
        new("heaptrack.zst", s_bytes, s_heaptrack) { HasLines = true },
        new("heaptrack.raw", s_bytes, s_heaptrack),
        new("heapcheck.log", s_bytes, s_leaks),
        new("leaksanitizer.log", s_bytes, s_leaks) { HasLines = true },
        new("memcheck.log", s_bytes, s_leaks) { HasLines = true },
        new("memcheck.xml", s_bytes, s_leaks) { HasLines = true },
        new("mtrace.log", s_bytes, s_leaks),
        new("collapsed.txt", s_bytes, ("samples", "count", 190)),
        new("profile.json", s_bytes, s_space) { HasLines = true, Thread = true },
        new("leaks.json", s_bytes, s_leaks) { HasLines = true },
    ];

    /// <summary>True when the format holds source lines, so that the List view has something to show.</summary>
    public bool HasLines { get; init; }

    /// <summary>A comment in the file.</summary>
    public string? Note { get; init; }

    /// <summary>True when the samples have the label thread=worker.</summary>
    public bool Thread { get; init; }

    /// <summary>Sum of the values shown by default.</summary>
    public long Total => Values.Sum();

    /// <summary>The unit of the values shown by default.</summary>
    public string Unit => Totals.Last(type => type.Total == Total).Unit;

    /// <summary>Reads the file.</summary>
    public Profile Read() => ProfileReader.Read(TestData.Path("profiles/" + File), TestContext.Current.CancellationToken);

    public static FormatSample Named(string file) => All.Single(sample => sample.File == file);

    /// <summary>Every sample type with its sum, as a reader found them.</summary>
    public static (string Type, string Unit, long Total)[] TotalsOf(Profile profile) =>
        [.. profile.SampleTypes.Select((type, column) => (type.Type, type.Unit, HeapProfile.Total(profile, column)))];
}
