using System.Text.Json;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers.Json;

namespace MemTools.Reports.Writers.Views;

/// <summary>The profile after filtering as JSON (docs/json.md, Profile), which <see cref="Readers.Json.ProfileJsonReader"/> reads back.</summary>
public static class JsonView
{
    /// <summary>Writes an object with the sample types, the nodes with their sums, and the samples as node numbers, the leaf first.</summary>
    public static void Write(Stream output, Profile profile, FrameTable table, CancellationToken cancellation)
    {
        ReportGraph graph = ReportGraph.Build(table, null, false, cancellation);
        var values = new (long Flat, long Cum)[table.Nodes.Count];
        foreach (GraphNode node in graph.Nodes)
            values[node.Id] = (node.Flat, node.Cum);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = false });
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", ProfileJsonReader.SchemaVersion);
        json.WriteStartArray("sampleTypes");
        foreach (SampleType type in profile.SampleTypes)
        {
            json.WriteStartObject();
            json.WriteString("type", type.Type);
            json.WriteString("unit", type.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("sampleType", table.SampleType.Type);
        json.WriteString("unit", table.SampleType.Unit);
        json.WriteNumber("total", table.Total);
        json.WriteStartArray("warnings");
        foreach (string warning in profile.Warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteStartArray("nodes");
        for (int index = 0; index < table.Nodes.Count; index++)
        {
            NodeInfo node = table.Nodes[index];
            json.WriteStartObject();
            json.WriteString("function", node.Name);
            json.WriteString("file", node.File);
            json.WriteNumber("line", node.Line);
            if (node.Address != 0)
                json.WriteString("address", "0x" + node.Address.ToString("x", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("module", node.Module);
            json.WriteNumber("flat", values[index].Flat);
            json.WriteNumber("cum", values[index].Cum);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("samples");
        foreach (int sample in TracesView.Order(table))
        {
            cancellation.ThrowIfCancellationRequested();
            json.WriteStartObject();
            json.WriteNumber("value", table.Value(sample));
            WriteSample(json, table, sample);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSample(Utf8JsonWriter json, FrameTable table, int sample)
    {
        json.WriteStartArray("values");
        foreach (long value in table.Source(sample).Values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
        ReadOnlySpan<int> frames = table.Frames(sample);
        bool inlined = false;
        json.WriteStartArray("frames");
        foreach (int frame in frames)
        {
            json.WriteNumberValue(FrameTable.Node(frame));
            inlined |= FrameTable.IsInlined(frame);
        }

        json.WriteEndArray();
        if (inlined)
        {
            json.WriteStartArray("inlined");
            for (int index = 0; index < frames.Length; index++)
            {
                if (FrameTable.IsInlined(frames[index]))
                    json.WriteNumberValue(index);
            }

            json.WriteEndArray();
        }

        if (table.Source(sample).Labels is not { Count: > 0 } labels)
            return;
        json.WriteStartObject("labels");
        foreach ((string key, string value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
