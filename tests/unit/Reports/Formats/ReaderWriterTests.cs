using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Views;

namespace MemTools.Tests.Reports.Formats;

/// <summary>The table of docs/report.md: every format that is read, written as every view, with the values that the sample holds.</summary>
public class ReaderWriterTests
{
    public static TheoryData<string> Files => [.. FormatSample.All.Select(sample => sample.File)];

    public static TheoryData<string, ReportView> Cells => [.. FormatSample.All.SelectMany(sample => Enum.GetValues<ReportView>().Select(view => (sample.File, view)))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Format_is_read(string file)
    {
        FormatSample sample = FormatSample.Named(file);
        Profile profile = sample.Read();
        Assert.Equal(sample.Totals, FormatSample.TotalsOf(profile));
        Assert.DoesNotContain(profile.Warnings, warning => warning.Contains("runcated", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Format_is_written_as_a_view(string file, ReportView view)
    {
        FormatSample sample = FormatSample.Named(file);
        if (view is ReportView.List && !sample.HasLines)
        {
            MemToolsException error = await Assert.ThrowsAsync<MemToolsException>(() => Write(sample, view));
            Assert.Equal("FunctionNotFound", error.ErrorId);
            return;
        }

        byte[] first = await Write(sample, view);
        ViewChecks.Check(view, first, sample);
        Assert.Equal(first, await Write(sample, view));
    }

    private static async Task<byte[]> Write(FormatSample sample, ReportView view)
    {
        using var output = new MemoryStream();
        try
        {
            await ReportGenerator.WriteAsync(
                sample.Read(), new ReportRequest { View = view, Options = new ReportOptions { Trim = false, Unit = sample.Unit } }, output, new LocalFileSource(), TestContext.Current.CancellationToken);
        }
        catch (MemToolsException missing) when (missing.ErrorId is "HtmlViewerMissing" or "GraphvizMissing")
        {
            Assert.Skip(missing.Message);
        }

        return output.ToArray();
    }
}
