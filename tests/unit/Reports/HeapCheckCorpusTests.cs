using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>Every heapcheck-* sample reads to the truth of its expected.json, or to a difference that <see cref="CorpusDifferences"/> lists.</summary>
public class HeapCheckCorpusTests
{
    public static TheoryData<string> Cases => [.. Corpus.Cases("heapcheck-")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReadsToTheTruth(string name)
    {
        string folder = Corpus.Require(name);
        CorpusTruth truth = Corpus.Truth(folder);
        IReadOnlyList<LeakReport> reports = LeakReports.Read(
            new LeakReportRequest { Paths = [folder], Symbols = new() { BinaryPaths = Binaries(folder) } },
            new LocalFileSource(), null, TestContext.Current.CancellationToken);

        LeakReport report = Assert.Single(reports);
        if (CorpusDifferences.NotChecked.TryGetValue(name, out string? reason))
        {
            Assert.Equal(Verdict.NotChecked, report.Verdict);
            Assert.Contains(reason, report.VerdictReason);
            Assert.Empty(report.Leaks);
            return;
        }

        if (name.StartsWith("heapcheck-draconian/", StringComparison.Ordinal))
        {
            // Draconian also counts what is reachable, the C library's own buffers included.
            Assert.Equal(Verdict.Leaks, report.Verdict);
            Assert.True(report.Bytes >= truth.LostBytes + truth.ReachableBytes);
            Assert.Equal(report.Bytes, report.Leaks.Sum(l => l.Bytes));
            CheckSites(truth, report, exact: false);
            return;
        }

        Assert.Equal(truth.LostObjects == 0 ? Verdict.Clean : Verdict.Leaks, report.Verdict);
        Assert.Equal("gperftools", report.Engine);
        Assert.Equal("_main_", report.Check);
        Assert.Equal((truth.LostBytes, truth.LostObjects), (report.Bytes, report.Objects));
        Assert.Equal((truth.LostBytes, truth.LostObjects), (report.Leaks.Sum(l => l.Bytes), report.Leaks.Sum(l => l.Objects)));
        Assert.DoesNotContain(report.Warnings, w => w.Contains("runcated", StringComparison.Ordinal));
        CheckSites(truth, report, exact: true);
    }

    private static string[] Binaries(string folder)
    {
        string program = Corpus.Program(folder);
        return [program, .. Directory.GetFiles(Path.GetDirectoryName(program)!, "*.so")];
    }

    private static void CheckSites(CorpusTruth truth, LeakReport report, bool exact)
    {
        foreach (CorpusSite site in truth.Sites.Where(s => s.Kind != "reachable" || !exact))
        {
            LeakRecord[] found = [.. report.Leaks.Where(l => IsSite(l, site, truth))];
            Assert.True(
                found.Sum(l => l.Bytes) == site.Bytes && found.Sum(l => l.Objects) == site.Objects,
                $"{site.Id}: expected {site.Bytes} bytes in {site.Objects} objects at {site.File}:{site.Line} {site.Function}, found "
                + string.Join("; ", report.Leaks.Select(l => $"{l.Bytes}/{l.Objects} {l.Function} {l.Location}")));
        }
    }

    /// <summary>
    /// Programs without line information are compared by function alone. A lambda's call operator has no name of its own in gcc's debug
    /// information where it was inlined.
    /// </summary>
    private static bool IsSite(LeakRecord leak, CorpusSite site, CorpusTruth truth)
    {
        string function = leak.Function ?? "";
        bool sameFunction = function == site.Function || function.StartsWith(site.Function + "(", StringComparison.Ordinal)
            || function.StartsWith(site.Function + "::operator()", StringComparison.Ordinal)
            || (function.EndsWith("operator()", StringComparison.Ordinal) && site.Function.EndsWith('}'));
        return sameFunction && (leak.Location is { } location
            ? location == $"{site.File}:{site.Line}" || location.EndsWith($"/{site.File}:{site.Line}", StringComparison.Ordinal)
            : truth.Case is "basic_nog");
    }
}
