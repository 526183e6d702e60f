using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>
/// Every sample of the other engines reads to the truth of its expected.json or to a documented difference (the table in docs/engines.md): what an
/// engine cannot see or counts otherwise.
/// </summary>
public class EngineCorpusTests
{
    /// <summary>Cases where no check could be proved, and words of the reason.</summary>
    private static readonly Dictionary<string, string> NotChecked = new()
    {
        ["lsan/basic_static"] = "never announced itself",
        ["lsan/clean"] = "never announced itself",
        ["lsan-options/ptrace_denied"] = "fatal error",
        ["valgrind-xml/basic_static"] = "statically linked",
        ["jemalloc-leak/basic_static"] = "never announced itself",
        ["jemalloc-options/badopt"] = "Invalid conf",
        ["jemalloc-options/leak_only"] = "never announced itself",
        ["mtrace/clean"] = "does not say whether the process ended in order",
        ["mtrace/noshim"] = "never announced itself",
        ["heaptrack/_exit"] = "recorded no allocation",
        ["heaptrack/segv"] = "recorded no allocation",
    };

    public static TheoryData<string> Cases =>
    [
        .. Corpus.Cases("lsan"), .. Corpus.Cases("valgrind-text"), .. Corpus.Cases("valgrind-xml"), .. Corpus.Cases("jemalloc"), .. Corpus.Cases("mtrace"),
        .. Corpus.Cases("heaptrack"),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReadsToTheTruth(string name)
    {
        string folder = Corpus.Require(name);
        CorpusTruth truth = Corpus.Truth(folder);
        IReadOnlyList<LeakReport> reports = LeakReports.Read(
            new LeakReportRequest { Paths = [folder], Symbols = new() { BinaryPaths = Binaries(folder) } },
            new LocalFileSource(), null, TestContext.Current.CancellationToken);
        if (name == "lsan-options/forkexec_log_path")
        {
            CheckProcesses(reports);
            return;
        }

        LeakReport report = Assert.Single(reports);
        if (NotChecked.TryGetValue(name, out string? reason))
        {
            Assert.Equal(Verdict.NotChecked, report.Verdict);
            Assert.Contains(reason, report.VerdictReason);
            Assert.Equal(0, report.Bytes);
            return;
        }

        string engine = name.Split('/')[0].Split('-')[0];
        bool countsReachable = engine is "jemalloc" or "mtrace" or "heaptrack";
        CorpusSite[] sites = [.. truth.Sites.Where(s => s.Kind != "reachable" || countsReachable)];
        Assert.Equal(sites.Length == 0 ? Verdict.Clean : Verdict.Leaks, report.Verdict);
        Assert.Equal(sites.Sum(s => s.Objects) , report.Objects);
        Assert.Equal(sites.Sum(s => engine == "jemalloc" ? UsableBytes(s) : s.Bytes), report.Bytes);
        Assert.Equal(report.Bytes, report.Leaks.Sum(l => l.Bytes));
        Assert.All(report.Leaks, l => Assert.Equal(countsReachable, l.Kind == LeakKind.StillLive));
        if (!HasNames(name))
        {
            return;
        }

        foreach (CorpusSite site in sites)
        {
            LeakRecord[] found = [.. report.Leaks.Where(l => IsSite(engine, l, site))];
            Assert.True(
                found.Sum(l => l.Objects) == site.Objects && found.Sum(l => l.Bytes) == (engine == "jemalloc" ? UsableBytes(site) : site.Bytes),
                $"{site.Id}: expected {site.Bytes} bytes in {site.Objects} objects at {site.File}:{site.Line} {site.Function}, found "
                + string.Join("; ", report.Leaks.Select(l => $"{l.Bytes}/{l.Objects} {l.Function} {l.Location}")));
        }
    }

    /// <summary>mtrace records the caller of malloc alone, which for C++ is operator new in the runtime's library.</summary>
    private static bool HasNames(string name) => name is not ("mtrace/templ_O2" or "mtrace/threads");

    private static void CheckProcesses(IReadOnlyList<LeakReport> reports)
    {
        Assert.Equal([(111L, 1L), (555L, 3L), (999L, 3L)], reports.OrderBy(r => r.Bytes).Select(r => (r.Bytes, r.Objects)));
        Assert.Equal([3075, 3076, 3078], reports.Select(r => r.ProcessId!.Value).Order());
        Assert.Equal("leak_exec", reports.Single(r => r.Bytes == 999).Leaks[0].Function);
    }

    private static string[] Binaries(string folder)
    {
        string program = Corpus.Program(folder);
        return File.Exists(program) ? [program, .. Directory.GetFiles(Path.GetDirectoryName(program)!, "*.so")] : [];
    }

    /// <summary>
    /// Engines name C++ functions by the debug information's short names where they were inlined; valgrind's text has base names of files
    /// only; programs without line information have functions alone.
    /// </summary>
    private static bool IsSite(string engine, LeakRecord leak, CorpusSite site)
    {
        string place = $"{site.File}:{site.Line}";
        if (leak.Location is { } location && (location == place || location.EndsWith("/" + place, StringComparison.Ordinal)))
        {
            return true;
        }

        return leak.Location is null && leak.Function is { } function
            && (function == site.Function || function.StartsWith(site.Function + "(", StringComparison.Ordinal));
    }

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
