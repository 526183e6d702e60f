using System.Text.Encodings.Web;
using System.Text.Json;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Output;

/// <summary>Runs as JSON: docs/json.md.</summary>
internal static class RunJsonOutput
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One AllocatorRun with its <c>reports</c>.</summary>
    public static void Write(Stream stream, AllocatorRun run, IReadOnlyList<LeakReport> reports)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented))
        {
            writer.WriteStartObject();
            using var record = JsonDocument.Parse(RunRecordWriter.ToUtf8(run));
            foreach (var property in record.RootElement.EnumerateObject())
                property.WriteTo(writer);
            writer.WritePropertyName("reports");
            using var document = JsonDocument.Parse(LeakReportJson.ToText(reports));
            document.RootElement.WriteTo(writer);
            writer.WriteEndObject();
        }

        text.WriteByte((byte)'\n');
        stream.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    /// <summary>One AllocatorRun without reports.</summary>
    public static void Write(Stream stream, AllocatorRun run) => WriteLine(stream, RunRecordWriter.ToUtf8(run));

    /// <summary>An array of AllocatorRun without reports.</summary>
    public static void Write(Stream stream, IReadOnlyList<AllocatorRun> runs) =>
        WriteLine(stream, JsonSerializer.SerializeToUtf8Bytes(runs, RunJson.Readable.IReadOnlyListAllocatorRun));

    private static void WriteLine(Stream stream, byte[] json)
    {
        stream.Write(json);
        stream.Write("\n"u8);
    }
}
