using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Tests.Reports;

/// <summary>A report whose program is not at hand says so, and is never named by another build's file.</summary>
public class MissingNamesTests
{
    /// <summary>Where the samples were recorded.</summary>
    private const string Recorded = "/srv/memtool/corpus/programs/many/app";

    [Fact]
    public void AProgramThatIsNotHereIsNamedInAWarning()
    {
        LeakReport report = Read("many");
        string warning = Assert.Single(report.Warnings);
        Assert.Contains(Recorded, warning, StringComparison.Ordinal);
        Assert.Contains("--binary", warning, StringComparison.Ordinal);
        Assert.All(report.Leaks, leak => Assert.Null(leak.Function));
        var table = new StringWriter();
        LeakTableWriter.Write(table, [report], new LeakTextOptions());
        // readelf -s: site_01, which leaks least, is 91 bytes at 0x11ce.
        Assert.Contains(" app+0x11e9 ", table.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("(unknown)", table.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherBuildsFileIsRefused()
    {
        // /proc/PID/maps in the dump: two pages of code; readelf -l of the other program: one.
        string other = Path.Combine(Corpus.Require("programs"), "basic_c", "app");
        LeakReport report = Read("threads", other);
        Assert.Contains(report.Warnings, w => w.Contains(other, StringComparison.Ordinal) && w.Contains("another build", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Leaks.SelectMany(leak => leak.Stack), frame => frame.Module.EndsWith("/app", StringComparison.Ordinal) && frame.Function is not null);
    }

    [Fact]
    public void TheRightFileNeedsNoWarning()
    {
        LeakReport report = Read("many", Path.Combine(Corpus.Require("programs"), "many", "app"));
        Assert.Empty(report.Warnings);
        Assert.Equal("site_01", report.Leaks[^1].Function);
    }

    private static LeakReport Read(string name, params string[] binaries) => Assert.Single(LeakReports.Read(
        new LeakReportRequest { Paths = [Corpus.Require("heapcheck-normal/" + name)], Symbols = new() { BinaryPaths = binaries } },
        new LocalFileSource(), null, TestContext.Current.CancellationToken));
}
