using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Writers;

/// <summary>Writes and reads leak reports as JSON: an array of LeakReport (docs/json.md).</summary>
public static class LeakReportJson
{
    /// <summary>The version of the contract that this code writes, and the newest that it reads.</summary>
    public const int SchemaVersion = 1;

    // Names of functions hold < > & and letters of all scripts; the output is UTF-8 data, not a part of a web page.
    private static readonly ReportJson Context = new(new JsonSerializerOptions(ReportJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });

    /// <summary>Writes an array of reports as UTF-8, with a newline at the end.</summary>
    public static void Write(Stream stream, IReadOnlyList<LeakReport> reports)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSerializer.Serialize(stream, reports, (JsonTypeInfo<IReadOnlyList<LeakReport>>)Context.GetTypeInfo(typeof(IReadOnlyList<LeakReport>))!);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The reports as JSON text.</summary>
    public static string ToText(IReadOnlyList<LeakReport> reports)
    {
        using var stream = new MemoryStream();
        Write(stream, reports);
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads an array of reports, one report, or the <c>reports</c> of an AllocatorRun.</summary>
    /// <exception cref="MemToolsException"><c>ReportMalformed</c> with line and position; <c>ReportVersionUnsupported</c>.</exception>
    public static IReadOnlyList<LeakReport> Read(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("reports", out JsonElement reports))
            {
                root = reports;
            }

            LeakReport?[]? read = root.ValueKind == JsonValueKind.Array
                ? root.Deserialize(Context.LeakReportArray)
                : [root.Deserialize(Context.LeakReport)];
            return [.. (read ?? []).Select(r => Check(r, name))];
        }
        catch (JsonException e)
        {
            long line = (e.LineNumber ?? 0) + 1;
            throw new MemToolsException(
                "ReportMalformed", MemToolsErrorCategory.ParserError,
                $"{name}, line {line} (byte {(e.BytePositionInLine ?? 0) + 1} of the line): this is no leak report in JSON: {e.Message}", name,
                "Give a file that Export-LeakReport -Format Json (memtools leaks --format json) wrote.", e);
        }
    }

    private static LeakReport Check(LeakReport? report, string name)
    {
        if (report is null)
        {
            throw new MemToolsException(
                "ReportMalformed", MemToolsErrorCategory.ParserError, $"{name}: a report of the array is null.", name,
                "Give a file that Export-LeakReport -Format Json (memtools leaks --format json) wrote.");
        }

        if (report.SchemaVersion > SchemaVersion)
        {
            throw new MemToolsException(
                "ReportVersionUnsupported", MemToolsErrorCategory.InvalidData,
                $"{name} has version {report.SchemaVersion} of the report contract; this MemTools reads up to {SchemaVersion}.", name,
                "Update MemTools, or export the report again with this version.");
        }

        // A hand-written or older file may leave lists out, and fingerprints can be made again from the stacks.
        return report with
        {
            Engine = report.Engine ?? "",
            Check = report.Check ?? "",
            VerdictReason = report.VerdictReason ?? "",
            Leaks = [.. (report.Leaks ?? []).Where(l => l is not null).Select(Complete)],
            Suppressed = [.. (report.Suppressed ?? []).Where(l => l is not null).Select(Complete)],
            Suppressions = [.. (report.Suppressions ?? []).Where(s => s is not null)],
            Warnings = report.Warnings ?? [],
            Paths = report.Paths ?? [],
        };
    }

    private static LeakRecord Complete(LeakRecord record)
    {
        IReadOnlyList<StackFrame> stack = [.. (record.Stack ?? []).Where(f => f is not null).Select(f => f with { Module = f.Module ?? "" })];
        return record with
        {
            Stack = stack,
            Fingerprint = string.IsNullOrEmpty(record.Fingerprint) ? LeakFingerprint.Of(stack) : record.Fingerprint,
        };
    }
}
