using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>
/// Every sample of the other engines reads to the truth of its expected.json or to a difference that <see cref="CorpusDifferences"/> lists: what an
/// engine cannot see or counts otherwise.
/// </summary>
public class EngineCorpusTests
{
    public static TheoryData<string> Cases =>
    [
        .. Corpus.Cases("lsan"), .. Corpus.Cases("valgrind-text"), .. Corpus.Cases("valgrind-xml"), .. Corpus.Cases("valgrind-xtree"), .. Corpus.Cases("jemalloc"), .. Corpus.Cases("mtrace"),
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
        if (CorpusDifferences.NotChecked.TryGetValue(name, out string? reason))
        {
            Assert.Equal(Verdict.NotChecked, report.Verdict);
            Assert.Contains(reason, report.VerdictReason);
            Assert.Equal(0, report.Bytes);
            return;
        }

        string engine = name.Split('/')[0].Split('-')[0];
        bool countsReachable = CorpusDifferences.CountsReachable(engine);
        CorpusSite[] sites = [.. truth.Sites.Where(s => s.Kind != "reachable" || countsReachable)];
        Assert.Equal(sites.Length == 0 ? Verdict.Clean : Verdict.Leaks, report.Verdict);
        Assert.Equal(sites.Sum(s => s.Objects), report.Objects);
        Assert.Equal(sites.Sum(s => CorpusDifferences.Bytes(engine, s)), report.Bytes);
        if (CorpusDifferences.TotalsOnly.ContainsKey(name))
        {
            Assert.Empty(report.Leaks);
            return;
        }

        Assert.Equal(report.Bytes, report.Leaks.Sum(l => l.Bytes));
        Assert.All(report.Leaks, l => Assert.Equal(countsReachable, l.Kind == LeakKind.StillLive));
        if (CorpusDifferences.WithoutNames.ContainsKey(name))
        {
            return;
        }

        foreach (CorpusSite site in sites)
        {
            LeakRecord[] found = [.. report.Leaks.Where(l => IsSite(engine, l, site))];
            Assert.True(
                found.Sum(l => l.Objects) == site.Objects && found.Sum(l => l.Bytes) == CorpusDifferences.Bytes(engine, site),
                $"{site.Id}: expected {site.Bytes} bytes in {site.Objects} objects at {site.File}:{site.Line} {site.Function}, found "
                + string.Join("; ", report.Leaks.Select(l => $"{l.Bytes}/{l.Objects} {l.Function} {l.Location}")));
        }
    }

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
}
