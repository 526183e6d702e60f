using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Tests.Reports;

/// <summary>No sample of the corpus is passed over, and the table of differences has no line too many.</summary>
public class CorpusWalkTests
{
    private static readonly string[] ReadElsewhere = [.. HeapCheckCorpusTests.Cases.Concat(EngineCorpusTests.Cases).Select(row => row.Data)];

    [Fact]
    public void EverySampleIsReadOrNoLeakReport()
    {
        Corpus.Require("");
        string[] all = [.. Corpus.Cases("")];
        Assert.True(all.Length > 80, $"{all.Length} samples");
        Assert.DoesNotContain(all.Except(ReadElsewhere), name => !CorpusDifferences.NoLeakReport.ContainsKey(name.Split('/')[0]));
        Assert.Empty(ReadElsewhere.Except(all));
    }

    [Fact]
    public void EveryDifferenceHasItsSample()
    {
        Corpus.Require("");
        Assert.Empty(CorpusDifferences.NotChecked.Keys.Concat(CorpusDifferences.WithoutNames.Keys).Concat(CorpusDifferences.TotalsOnly.Keys).Except(ReadElsewhere));
        Assert.Empty(CorpusDifferences.NoLeakReport.Keys.Except(Corpus.Cases("").Select(name => name.Split('/')[0])));
    }

    public static TheoryData<string> Others => [.. Corpus.Cases("").Where(name => name.Length == 0 || CorpusDifferences.NoLeakReport.ContainsKey(name.Split('/')[0]))];

    /// <summary>What is no leak report is not taken for the report of a clean program.</summary>
    [Theory]
    [MemberData(nameof(Others))]
    public void WhatIsNoLeakReportIsNotChecked(string name)
    {
        string folder = Corpus.Require(name);
        IReadOnlyList<LeakReport> reports;
        try
        {
            reports = LeakReports.Read(new LeakReportRequest { Paths = [folder] }, new LocalFileSource(), null, TestContext.Current.CancellationToken);
        }
        catch (MemToolsException error) when (error.ErrorId == "ReportUnrecognized")
        {
            return;
        }

        Assert.All(reports, report => Assert.Equal(Verdict.NotChecked, report.Verdict));
    }
}
