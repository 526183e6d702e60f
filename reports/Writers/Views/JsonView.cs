using System.Text.Json;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>The profile after filtering as JSON: nodes, stacks and top values. Documented in docs/json.md.</summary>
public static class JsonView
{
    /// <summary>Writes <c>{schemaVersion, sampleType, unit, total, nodes: […], samples: [{value, frames: [node…]}]}</c>; frames are leaf first.</summary>
    public static void Write(Stream output, Profile profile, FrameTable table, CancellationToken cancellation)
    {
        ReportGraph graph = ReportGraph.Build(table, null, false, cancellation);
        var values = new (long Flat, long Cum)[table.Nodes.Count];
        foreach (GraphNode node in graph.Nodes)
            values[node.Id] = (node.Flat, node.Cum);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = false });
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 1);
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
            json.WriteStartArray("frames");
            foreach (int frame in table.Frames(sample))
                json.WriteNumberValue(FrameTable.Node(frame));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
