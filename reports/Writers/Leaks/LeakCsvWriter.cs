using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>
/// Writes leak records as comma-separated values (RFC 4180, LF line ends, UTF-8): one row per record, one row with empty record columns
/// for a report without records, so that a verdict is never lost.
/// </summary>
public static class LeakCsvWriter
{
    private const string Heading =
        "engine,check,verdict,processId,filePath,bytes,objects,kind,status,function,location,module,fingerprint,stack";

    /// <summary>Writes a heading and the rows. The stack is one field, frames separated by <c> ← </c>, the allocation first.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<LeakReport> reports)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reports);
        writer.Write(Heading + "\n");
        foreach (LeakReport report in reports)
        {
            string[] common =
            [
                report.Engine, report.Check, report.Verdict.ToString(), report.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "", report.FilePath ?? "",
            ];
            if (report.Leaks.Count == 0)
            {
                WriteRow(writer, [.. common, "", "", "", "", "", "", "", "", ""]);
            }

            foreach (LeakRecord leak in report.Leaks)
            {
                WriteRow(
                    writer,
                    [
                        .. common, leak.Bytes.ToString(CultureInfo.InvariantCulture), leak.Objects.ToString(CultureInfo.InvariantCulture),
                        leak.Kind.ToString(), leak.Status == LeakStatus.None ? "" : leak.Status.ToString(), leak.Function ?? "", leak.Location ?? "",
                        leak.Module ?? "", leak.Fingerprint, string.Join(" ← ", leak.Stack),
                    ]);
            }
        }
    }

    private static void WriteRow(TextWriter writer, string[] fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0)
            {
                writer.Write(',');
            }

            writer.Write(Quote(fields[i]));
        }

        writer.Write('\n');
    }

    /// <summary>
    /// Quotes what the format needs quoted. A field that a spreadsheet would take for a formula gets an apostrophe in front, because names
    /// of functions and files come from the program under test.
    /// </summary>
    private static string Quote(string field)
    {
        if (field.Length > 0 && field[0] is '=' or '+' or '@' or '\t' or '\r')
        {
            field = "'" + field;
        }

        return field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
