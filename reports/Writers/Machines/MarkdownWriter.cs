using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>Writes a summary in GitHub-flavoured Markdown, for a job summary or a comment: verdicts, totals, the largest leaks with their stacks folded.</summary>
public static class MarkdownWriter
{
    /// <summary>Writes the reports.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<LeakReport> reports, MachineReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        writer.Write("## Memory leaks\n\n");
        writer.Write("| verdict | bytes | objects | what was checked |\n|---|---:|---:|---|\n");
        foreach (LeakReport report in reports)
        {
            writer.Write($"| **{Verdict(report.Verdict)}** | {ByteText.Exact(report.Bytes)} | {ByteText.Exact(report.Objects)} | {Text(LeakSentences.Subject(report))} |\n");
        }

        foreach (LeakReport report in reports)
        {
            WriteReport(writer, report, options);
        }
    }

    private static void WriteReport(TextWriter writer, LeakReport report, MachineReportOptions options)
    {
        if (report.Verdict == Model.Verdict.NotChecked)
        {
            writer.Write($"\n> **Not checked**: {Text(report.VerdictReason)}\n");
        }

        foreach (string warning in report.Warnings)
        {
            writer.Write($"\n> Warning: {Text(warning)}\n");
        }

        if (report.Leaks.Count == 0)
        {
            return;
        }

        bool status = report.Leaks.Any(l => l.Status != LeakStatus.None);
        writer.Write($"\n### {Text(LeakSentences.Subject(report))}\n\n");
        writer.Write(status ? "| bytes | objects | status | function | location |\n|---:|---:|---|---|---|\n" : "| bytes | objects | function | location |\n|---:|---:|---|---|\n");
        foreach (LeakRecord leak in report.Leaks.Take(options.MaxRows))
        {
            SourcePlace place = SourcePlace.Of(leak, options);
            string where = place.Path is null ? leak.Module ?? "" : place.Line > 0 ? $"{place.Path}:{place.Line}" : place.Path;
            writer.Write(
                $"| {ByteText.Exact(leak.Bytes)} | {ByteText.Exact(leak.Objects)} |{(status ? $" {leak.Status} |" : "")} {Code(leak.Function ?? "unknown")} | {Code(where)} |\n");
        }

        if (report.Leaks.Count > options.MaxRows)
        {
            writer.Write($"\n{ByteText.Count(report.Leaks.Count - options.MaxRows, "smaller leak")} not listed.\n");
        }

        writer.Write("\n<details><summary>Stacks</summary>\n\n");
        foreach (LeakRecord leak in report.Leaks.Take(options.MaxRows))
        {
            string fence = Fence(leak);
            writer.Write($"{Text(LeakSentences.Message(leak))}\n\n{fence}text\n{OneLineEach(leak)}\n{fence}\n\n");
        }

        writer.Write("</details>\n");
    }

    private static string Verdict(Verdict verdict) => verdict == Model.Verdict.NotChecked ? "Not checked" : verdict.ToString();

    private static string OneLineEach(LeakRecord leak) => string.Join('\n', leak.Stack.Select(f => TextCells.Safe(f.ToString())));

    /// <summary>A fence longer than any run of backticks in the stack, so that no name can end it.</summary>
    private static string Fence(LeakRecord leak)
    {
        int longest = 2;
        int run = 0;
        foreach (char c in OneLineEach(leak))
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return new string('`', longest + 1);
    }

    /// <summary>Text whose characters Markdown and HTML would read as marks.</summary>
    private static string Text(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in TextCells.Safe(text))
        {
            switch (c)
            {
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '#' or '~' or '@':
                    escaped.Append('\\').Append(c);
                    break;
                default:
                    escaped.Append(c);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>Code in a cell; the bar would end the cell even there.</summary>
    private static string Code(string text)
    {
        string safe = TextCells.Safe(text).Replace("|", "\\|", StringComparison.Ordinal);
        return safe.Length == 0 ? "" : safe.Contains('`') ? Text(text) : $"`{safe}`";
    }
}
