using System.Text.Encodings.Web;
using System.Text.Json;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>
/// Writes GitLab's code quality report (docs.gitlab.com, "Code Quality report format"): an array of issues with description, check_name, fingerprint,
/// severity and location. A leak without a source file is placed at its module, line 1, because the format demands a place.
/// </summary>
public static class GitLabCodeQualityWriter
{
    /// <summary>Writes the reports as UTF-8.</summary>
    public static void Write(Stream stream, IReadOnlyList<LeakReport> reports, MachineReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        var used = new HashSet<string>(StringComparer.Ordinal);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (LeakReport report in reports)
            {
                if (report.Verdict == Verdict.NotChecked)
                {
                    string subject = LeakSentences.Subject(report);
                    Issue(json, $"{subject}: not checked. {report.VerdictReason}", "leak-not-checked", Unique(used, "notchecked-" + subject), "blocker", report.FilePath ?? "unknown", 1);
                }

                foreach (LeakRecord leak in report.Leaks)
                {
                    SourcePlace place = SourcePlace.Of(leak, options);
                    Issue(
                        json, LeakSentences.Message(leak), "memory-leak", Unique(used, leak.Fingerprint), Severity(leak.Kind),
                        place.Path ?? leak.Module ?? report.FilePath ?? "unknown", Math.Max(1, place.Line));
                }
            }

            json.WriteEndArray();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void Issue(Utf8JsonWriter json, string description, string check, string fingerprint, string severity, string path, int line)
    {
        json.WriteStartObject();
        json.WriteString("description", description);
        json.WriteString("check_name", check);
        json.WriteString("fingerprint", fingerprint);
        json.WriteString("severity", severity);
        json.WriteStartObject("location");
        json.WriteString("path", path);
        json.WriteStartObject("lines");
        json.WriteNumber("begin", line);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>GitLab keeps one issue per fingerprint; records that share one (other lines of the same functions) get a number.</summary>
    private static string Unique(HashSet<string> used, string fingerprint)
    {
        string unique = fingerprint;
        for (int i = 2; !used.Add(unique); i++)
        {
            unique = $"{fingerprint}-{i}";
        }

        return unique;
    }

    private static string Severity(LeakKind kind) => kind switch
    {
        LeakKind.Lost => "major",
        LeakKind.Reachable => "info",
        _ => "minor",
    };
}
