using MemTools.Reports.Graph;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Views;

namespace MemTools.Reports.Writers;

/// <summary>Writes leak reports as the page that heap profiles have, with the verdict of each report among its facts.</summary>
internal static class LeakPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, IReadOnlyList<LeakReport> reports, CancellationToken cancellation)
    {
        Profile profile = LeakProfile.Of(reports);
        string? program = reports.Select(r => r.FilePath).FirstOrDefault(p => p is not null);
        var facts = new HtmlFacts
        {
            Title = program is null ? "Memory leaks" : $"Memory leaks of {System.IO.Path.GetFileName(program)}",
            Facts = [.. reports.Select(r => (LeakSentences.Subject(r), $"{LeakSummaryText.Headline(r)}. {r.VerdictReason}"))],
        };
        FrameTable table = FrameTableBuilder.Build(profile, new ReportOptions { Granularity = Granularity.Lines }, cancellation);
        HtmlView.Write(stream, profile, table, facts, cancellation);
    }
}
