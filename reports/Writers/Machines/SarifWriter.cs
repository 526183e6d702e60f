using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>
/// Writes SARIF 2.1.0 (OASIS standard, docs.oasis-open.org/sarif/sarif/v2.1.0): one run; a result per record with its stack and its fingerprint, so that code scanning follows a
/// leak through moved code; suppressed records as suppressed results; what was not checked as a failed invocation with a notification.
/// </summary>
public static class SarifWriter
{
    private const string FingerprintName = "memtoolsLeak/v1";

    private static readonly (LeakKind Kind, string Id, string Name, string Level, string Text)[] Rules =
    [
        (LeakKind.Lost, "MT0001", "MemoryLeak", "error", "Memory that nothing points to any more was not freed."),
        (LeakKind.IndirectlyLost, "MT0002", "IndirectMemoryLeak", "warning", "Memory that only other leaked memory points to was not freed."),
        (LeakKind.PossiblyLost, "MT0003", "PossibleMemoryLeak", "warning", "Memory to whose inside alone something points was not freed."),
        (LeakKind.Reachable, "MT0004", "ReachableMemory", "note", "Memory was not freed at exit; something still points to it."),
        (LeakKind.StillLive, "MT0005", "MemoryStillLive", "warning", "Memory was not freed at exit; the engine cannot tell whether something still points to it."),
    ];

    /// <summary>Writes the reports as UTF-8.</summary>
    public static void Write(Stream stream, IReadOnlyList<LeakReport> reports, MachineReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json);
            WriteInvocations(json, reports);
            WriteResults(json, reports, options);
            json.WriteString("columnKind", "unicodeCodePoints");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteTool(Utf8JsonWriter json)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "MemTools");
        json.WriteString("semanticVersion", typeof(SarifWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0");
        json.WriteStartArray("rules");
        foreach ((_, string id, string name, string level, string text) in Rules)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("name", name);
            WriteText(json, "shortDescription", text);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", level);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInvocations(Utf8JsonWriter json, IReadOnlyList<LeakReport> reports)
    {
        json.WriteStartArray("invocations");
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful", reports.All(r => r.Verdict != Verdict.NotChecked));
        json.WriteStartArray("toolExecutionNotifications");
        foreach (LeakReport report in reports)
        {
            if (report.Verdict == Verdict.NotChecked)
            {
                WriteNotification(json, "error", $"{LeakSentences.Subject(report)}: not checked. {report.VerdictReason}");
            }

            foreach (string warning in report.Warnings)
            {
                WriteNotification(json, "warning", $"{LeakSentences.Subject(report)}: {warning}");
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteNotification(Utf8JsonWriter json, string level, string text)
    {
        json.WriteStartObject();
        json.WriteString("level", level);
        WriteText(json, "message", text);
        json.WriteEndObject();
    }

    private static void WriteResults(Utf8JsonWriter json, IReadOnlyList<LeakReport> reports, MachineReportOptions options)
    {
        json.WriteStartArray("results");
        foreach (LeakReport report in reports)
        {
            foreach (LeakRecord leak in report.Leaks)
            {
                WriteResult(json, report, leak, options, suppressed: false);
            }

            foreach (LeakRecord leak in report.Suppressed)
            {
                WriteResult(json, report, leak, options, suppressed: true);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, LeakReport report, LeakRecord leak, MachineReportOptions options, bool suppressed)
    {
        int rule = Array.FindIndex(Rules, r => r.Kind == leak.Kind);
        json.WriteStartObject();
        json.WriteString("ruleId", Rules[rule].Id);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", Rules[rule].Level);
        WriteText(json, "message", LeakSentences.Message(leak) + ".");
        json.WriteStartArray("locations");
        SourcePlace place = SourcePlace.Of(leak, options);
        if (place.Path is not null || leak.Function is not null)
        {
            WriteLocation(json, null, place, leak.Function);
        }

        json.WriteEndArray();
        if (leak.Stack.Count > 0)
        {
            WriteStack(json, leak, options);
        }

        json.WriteStartObject("partialFingerprints");
        json.WriteString(FingerprintName, leak.Fingerprint);
        json.WriteEndObject();
        if (Baseline(leak.Status) is { } state)
        {
            json.WriteString("baselineState", state);
        }

        if (suppressed)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", "external");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartObject("properties");
        json.WriteNumber("bytes", leak.Bytes);
        json.WriteNumber("objects", leak.Objects);
        json.WriteString("engine", report.Engine);
        json.WriteString("check", report.Check);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStack(Utf8JsonWriter json, LeakRecord leak, MachineReportOptions options)
    {
        json.WriteStartArray("stacks");
        json.WriteStartObject();
        WriteText(json, "message", "Allocated here.");
        json.WriteStartArray("frames");
        foreach (StackFrame frame in leak.Stack)
        {
            json.WriteStartObject();
            WriteLocation(json, "location", SourcePlace.Of(frame, options), frame.Function ?? frame.ToString());
            if (frame.Module.Length > 0)
            {
                json.WriteString("module", System.IO.Path.GetFileName(frame.Module));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteLocation(Utf8JsonWriter json, string? name, SourcePlace place, string? function)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }

        if (place.Path is not null)
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", place.Uri);
            if (place.IsRelative)
            {
                json.WriteString("uriBaseId", "%SRCROOT%");
            }

            json.WriteEndObject();
            if (place.Line > 0)
            {
                json.WriteStartObject("region");
                json.WriteNumber("startLine", place.Line);
                if (place.Column > 0)
                {
                    json.WriteNumber("startColumn", place.Column);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        if (function is not null)
        {
            json.WriteStartArray("logicalLocations");
            json.WriteStartObject();
            json.WriteString("fullyQualifiedName", function);
            json.WriteString("kind", "function");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string? Baseline(LeakStatus status) => status switch
    {
        LeakStatus.New => "new",
        LeakStatus.Same => "unchanged",
        LeakStatus.Grown or LeakStatus.Shrunk => "updated",
        LeakStatus.Fixed => "absent",
        _ => null,
    };

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
