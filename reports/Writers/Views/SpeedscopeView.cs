using System.Text.Json;
using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers.Views;

/// <summary>speedscope's file format (https://www.speedscope.app/file-format-schema.json), one sampled profile.</summary>
public static class SpeedscopeView
{
    /// <summary>Writes the file.</summary>
    public static void Write(Stream output, FrameTable table, string name, CancellationToken cancellation)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = false });
        json.WriteStartObject();
        json.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.WriteString("exporter", "MemTools");
        json.WriteString("name", name);
        json.WriteNumber("activeProfileIndex", 0);
        json.WriteStartObject("shared");
        json.WriteStartArray("frames");
        foreach (NodeInfo node in table.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Name.Length > 0 ? node.Name : node.Label);
            if (node.File.Length > 0)
                json.WriteString("file", node.File);
            if (node.Line > 0)
                json.WriteNumber("line", node.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("profiles");
        json.WriteStartObject();
        json.WriteString("type", "sampled");
        json.WriteString("name", $"{name} {table.SampleType.Type}");
        json.WriteString("unit", table.SampleType.Unit switch { "bytes" => "bytes", "nanoseconds" => "nanoseconds", "microseconds" => "microseconds", "milliseconds" => "milliseconds", "seconds" => "seconds", _ => "none" });
        json.WriteNumber("startValue", 0);
        json.WriteNumber("endValue", table.Total);
        int[] order = TracesView.Order(table);
        json.WriteStartArray("samples");
        foreach (int sample in order)
        {
            cancellation.ThrowIfCancellationRequested();
            json.WriteStartArray();
            ReadOnlySpan<int> frames = table.Frames(sample);
            for (int index = frames.Length - 1; index >= 0; index--)
                json.WriteNumberValue(FrameTable.Node(frames[index]));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("weights");
        foreach (int sample in order)
            json.WriteNumberValue(Magnitude.Of(table.Value(sample)));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
