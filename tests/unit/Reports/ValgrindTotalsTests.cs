using System.Text;
using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>Options that keep leaks out of valgrind's report do not make it a clean bill.</summary>
public sealed class ValgrindTotalsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-valgrind-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private LeakReport Read(string name, string text, bool reachable = false)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return Assert.Single(LeakReports.Read(
            new LeakReportRequest { Paths = [path], IncludeReachable = reachable }, new LocalFileSource(), null, TestContext.Current.CancellationToken));
    }

    private static string Text(string records) =>
        $"""
        ==7== Memcheck, a memory error detector
        ==7== Command: /srv/app
        ==7==
        ==7== HEAP SUMMARY:
        ==7==     in use at exit: 7,548 bytes in 16 blocks
        {records}==7== LEAK SUMMARY:
        ==7==    definitely lost: 6,460 bytes in 6 blocks
        ==7==    indirectly lost: 576 bytes in 9 blocks
        ==7==      possibly lost: 0 bytes in 0 blocks
        ==7==    still reachable: 512 bytes in 1 blocks
        ==7==         suppressed: 0 bytes in 0 blocks
        ==7==
        """;

    private static string Xml(string arguments, params string[] errors) =>
        "<?xml version=\"1.0\"?>\n<valgrindoutput><protocolversion>4</protocolversion><protocoltool>memcheck</protocoltool><pid>7</pid><args><vargv><exe>valgrind</exe>"
        + string.Concat(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => $"<arg>{a}</arg>"))
        + "</vargv><argv><exe>/srv/app</exe></argv></args>" + string.Concat(errors) + "</valgrindoutput>\n";

    private static string Error(string kind, string text, long bytes, long blocks, int ip) =>
        $"<error><unique>0x{ip}</unique><kind>Leak_{kind}</kind><xwhat><text>{text}</text><leakedbytes>{bytes}</leakedbytes><leakedblocks>{blocks}</leakedblocks></xwhat>"
        + $"<stack><frame><ip>0x{ip}</ip><obj>/srv/app</obj><fn>f{ip}</fn></frame></stack></error>";

    /// <summary>What valgrind prints when it is called without options.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ASummaryWithoutRecordsIsLeaks(bool reachable)
    {
        LeakReport report = Read("default.log", Text(""), reachable);
        Assert.Equal((Verdict.Leaks, 7036, 15), (report.Verdict, report.Bytes, report.Objects));
        Assert.Contains(report.Warnings, w => w.Contains("--leak-check=full", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsNotListedCountsAllTheSame()
    {
        LeakReport report = Read("some.log", Text("==7== 640 (64 direct, 576 indirect) bytes in 1 blocks are definitely lost in loss record 1 of 6\n==7==    at 0x1: f (a.c:3)\n==7==\n"));
        Assert.Equal((Verdict.Leaks, 7036, 15), (report.Verdict, report.Bytes, report.Objects));
        Assert.Equal(640, Assert.Single(report.Leaks).Bytes);
    }

    [Fact]
    public void SeveralSummariesAreNotAddedUp()
    {
        LeakReport report = Read("twice.log", Text("") + "\n" + Text(""));
        Assert.Equal((7036, 15), (report.Bytes, report.Objects));
    }

    [Theory]
    [InlineData("--show-leak-kinds=none", Verdict.NotChecked)]
    [InlineData("--show-leak-kinds=reachable,possible", Verdict.NotChecked)]
    [InlineData("--xtree-leak=yes", Verdict.NotChecked)]
    [InlineData("--xtree-leak=yes --show-leak-kinds=all", Verdict.NotChecked)]
    [InlineData("--show-leak-kinds=none --show-leak-kinds=all", Verdict.Clean)]
    [InlineData("--xtree-leak=yes --xtree-leak=no", Verdict.Clean)]
    [InlineData("--show-leak-kinds=definite,possible", Verdict.Clean)]
    [InlineData("", Verdict.Clean)]
    public void XmlThatHidesLeaksIsNotChecked(string arguments, Verdict verdict)
    {
        LeakReport report = Read("a.xml", Xml(arguments));
        Assert.Equal(verdict, report.Verdict);
        if (verdict == Verdict.NotChecked)
        {
            Assert.Contains("told not to list leaks", report.VerdictReason);
        }
    }

    /// <summary>By default valgrind does not list indirectly lost blocks; with --show-leak-kinds=all it lists them beside what holds them.</summary>
    [Fact]
    public void IndirectBytesCountOnce()
    {
        string holder = Error("DefinitelyLost", "640 (64 direct, 576 indirect) bytes in 1 blocks are definitely lost in loss record 2 of 2", 640, 1, 1);
        string held = Error("IndirectlyLost", "576 bytes in 9 blocks are indirectly lost in loss record 1 of 2", 576, 9, 2);
        Assert.Equal((640, 1), (Read("b.xml", Xml("", holder)).Bytes, Read("b.xml", Xml("", holder)).Objects));
        LeakReport both = Read("c.xml", Xml("", held, holder));
        Assert.Equal((640, 10), (both.Bytes, both.Objects));
        Assert.Equal([576, 64], both.Leaks.Select(l => l.Bytes));
    }
}
