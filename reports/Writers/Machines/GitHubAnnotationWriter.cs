using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>
/// Writes GitHub Actions' workflow commands, which become annotations of the changed files (docs.github.com, "Workflow commands for GitHub Actions"). The
/// largest leaks first, without those that a baseline has; GitHub shows ten errors per step, so the rest is summed up in a last notice.
/// </summary>
public static class GitHubAnnotationWriter
{
    /// <summary>Writes one line per annotation.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<LeakReport> reports, MachineReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        foreach (LeakReport report in reports.Where(r => r.Verdict == Verdict.NotChecked))
        {
            Line(writer, "error", default, "Leak check did not run", $"{LeakSentences.Subject(report)}: {report.VerdictReason}");
        }

        List<LeakRecord> leaks = [.. reports.SelectMany(r => r.Leaks).Where(l => l.Status is not (LeakStatus.Same or LeakStatus.Shrunk)).OrderByDescending(l => l.Bytes).ThenBy(l => l.Fingerprint, StringComparer.Ordinal)];
        foreach (LeakRecord leak in leaks.Take(options.MaxAnnotations))
        {
            SourcePlace place = SourcePlace.Of(leak, options);
            string level = leak.Kind is LeakKind.Lost or LeakKind.StillLive ? "error" : "warning";
            Line(writer, level, place, "Memory leak", LeakSentences.Message(leak) + ".\n" + LeakSentences.StackText(leak));
        }

        if (leaks.Count > options.MaxAnnotations)
        {
            List<LeakRecord> rest = leaks[options.MaxAnnotations..];
            Line(
                writer, "notice", default, "More memory leaks",
                $"{ByteText.Count(rest.Count, "smaller leak")} of {ByteText.Full(rest.Sum(l => l.Bytes))} together are not annotated.");
        }
    }

    private static void Line(TextWriter writer, string level, SourcePlace place, string title, string message)
    {
        var properties = new List<string>();
        if (place.IsRelative)
        {
            properties.Add("file=" + Property(place.Path!));
            if (place.Line > 0)
            {
                properties.Add("line=" + place.Line.ToString(CultureInfo.InvariantCulture));
            }

            if (place.Column > 0)
            {
                properties.Add("col=" + place.Column.ToString(CultureInfo.InvariantCulture));
            }
        }
        else if (place.Path is { } path)
        {
            message = $"{path}{(place.Line > 0 ? $":{place.Line}" : "")}: {message}";
        }

        properties.Add("title=" + Property(title));
        writer.Write($"::{level} {string.Join(',', properties)}::{Data(message)}\n");
    }

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
