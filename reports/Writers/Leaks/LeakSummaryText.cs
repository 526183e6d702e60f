using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>The lines that every text form of a leak report shares: the verdict with its totals, what was checked, and warnings.</summary>
internal static class LeakSummaryText
{
    /// <summary>For example <c>Leaks: 7,036 bytes (6.9 KiB) in 15 objects, 4 distinct stacks</c>.</summary>
    public static string Headline(LeakReport report) => report.Verdict switch
    {
        Verdict.Clean => "Clean: no leaks",
        Verdict.Leaks => $"Leaks: {ByteText.Full(report.Bytes)} in {ByteText.Count(report.Objects, "object")}, {ByteText.Count(report.Leaks.Count, "distinct stack")}",
        _ when report.Leaks.Count > 0 => $"Not checked: {ByteText.Full(report.Bytes)} in {ByteText.Count(report.Objects, "object")} still allocated",
        _ => "Not checked",
    };

    /// <summary>For example <c>gperftools, check _main_ of ./dmserver, process 1234</c>; empty when nothing is known.</summary>
    public static string Subject(LeakReport report)
    {
        var parts = new List<string>();
        if (report.Engine.Length > 0)
        {
            parts.Add(report.Engine);
        }

        string check = report.Check.Length > 0 ? $"check {report.Check}" : "";
        string program = report.FilePath is { } path ? $"{(check.Length > 0 ? " of " : "")}{path}" : "";
        if (check.Length + program.Length > 0)
        {
            parts.Add(check + program);
        }

        if (report.ProcessId is { } pid)
        {
            parts.Add($"process {pid}");
        }

        return TextCells.Safe(string.Join(", ", parts));
    }

    public static void Write(TextWriter writer, LeakReport report, LeakTextOptions options)
    {
        TextPalette palette = options.Palette;
        writer.WriteLine(palette.Paint(palette.Of(report.Verdict), Headline(report)));
        string subject = Subject(report);
        if (subject.Length > 0)
        {
            WriteWrapped(writer, subject, options, palette.Dim);
        }

        if (report.VerdictReason.Length > 0 && report.Verdict != Verdict.Leaks)
        {
            WriteWrapped(writer, TextCells.Safe(report.VerdictReason), options, "");
        }

        foreach (string warning in report.Warnings)
        {
            WriteWrapped(writer, "warning: " + TextCells.Safe(warning), options, palette.Doubtful);
        }

        if (report.Suppressed.Count > 0)
        {
            writer.WriteLine(
                $"  Suppressed: {ByteText.Full(report.Suppressed.Sum(s => s.Bytes))} in {ByteText.Count(report.Suppressed.Sum(s => s.Objects), "object")}");
        }

        foreach (SuppressionUse use in report.Suppressions)
        {
            WriteWrapped(writer, TextCells.Safe(Use(use)), options, use.State == SuppressionState.Used ? palette.Dim : palette.Doubtful);
        }
    }

    /// <summary>For example <c>suppression per-thread arena (leaks.supp:3): 2 records, 128 bytes in 4 objects; by design</c>.</summary>
    public static string Use(SuppressionUse use)
    {
        string matched = $"{ByteText.Count(use.Records, "record")}, {ByteText.Full(use.Bytes)} in {ByteText.Count(use.Objects, "object")}";
        string what = use.State switch
        {
            SuppressionState.Expired => $"expired on {use.Expires:yyyy-MM-dd}" + (use.Records > 0 ? $"; would have matched {matched}" : ""),
            SuppressionState.Unused => "matched nothing",
            _ when use.Records == 0 => "matched nothing in this report",
            _ => matched + (use.Reason is { } reason ? $"; {reason}" : ""),
        };
        return $"suppression {use.Name} ({use.Source}): {what}";
    }

    private static void WriteWrapped(TextWriter writer, string text, LeakTextOptions options, string colour)
    {
        foreach (string line in TextCells.Wrap(text, Math.Max(60, options.Width), "  "))
        {
            writer.WriteLine(options.Palette.Paint(colour, line));
        }
    }
}
