using System.Globalization;
using MemTools.Reports.Graph;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Views;

namespace MemTools.Reports.Writers;

/// <summary>Writes leak reports as the page that heap profiles have, with the verdict over all of them on top.</summary>
internal static class LeakPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, IReadOnlyList<LeakReport> reports, CancellationToken cancellation)
    {
        Profile profile = LeakProfile.Of(reports);
        foreach (LeakReport report in reports)
            profile.Warnings.AddRange(report.Warnings.Select(warning => reports.Count == 1 ? warning : $"{LeakSentences.Subject(report)}: {warning}"));
        FrameTable table = FrameTableBuilder.Build(profile, new ReportOptions { Granularity = Granularity.Lines }, cancellation);
        HtmlView.Write(stream, profile, table, Facts(reports), cancellation);
    }

    private static HtmlFacts Facts(IReadOnlyList<LeakReport> reports)
    {
        string? program = reports.Select(r => r.FilePath).FirstOrDefault(p => p is not null);
        var facts = new List<(string, string)>();
        Add("Program", reports.Select(r => r.FilePath));
        Add("Engine", reports.Select(r => r.Engine));
        Add("Check", reports.Select(r => r.Check));
        Add("Process", reports.Select(r => r.ProcessId?.ToString(CultureInfo.InvariantCulture)));
        Add("Run", reports.Select(r => r.Run));
        Add("Read from", reports.SelectMany(r => r.Paths));
        LeakRecord[] suppressed = [.. reports.SelectMany(r => r.Suppressed)];
        if (suppressed.Length > 0)
            facts.Add(("Suppressed", $"{ByteText.Full(suppressed.Sum(s => s.Bytes))} in {ByteText.Count(suppressed.Sum(s => s.Objects), "object")}"));
        if (reports.Count > 1)
            facts.AddRange(reports.Select(r => (LeakSentences.Subject(r), $"{LeakSummaryText.Headline(r)}. {r.VerdictReason}")));
        return new HtmlFacts { Title = program is null ? "Memory leaks" : $"Memory leaks of {Path.GetFileName(program)}", Facts = facts, Verdict = Verdict(reports) };

        void Add(string name, IEnumerable<string?> values)
        {
            string text = string.Join(", ", values.Where(value => !string.IsNullOrEmpty(value)).Distinct());
            if (text.Length > 0)
                facts.Add((name, text));
        }
    }

    /// <summary>Leaks of any report, else what was not checked; Clean only when all are.</summary>
    private static (Verdict, string) Verdict(IReadOnlyList<LeakReport> reports)
    {
        LeakReport? decides = reports.FirstOrDefault(r => r.Verdict == Model.Verdict.Leaks)
            ?? reports.FirstOrDefault(r => r.Verdict == Model.Verdict.NotChecked)
            ?? (reports.Count > 0 ? reports[0] : null);
        return decides is null ? (Model.Verdict.NotChecked, "There is no report.") : (decides.Verdict, decides.VerdictReason);
    }
}
