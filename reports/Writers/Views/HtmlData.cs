using System.IO.Compression;
using System.Text.Json;
using MemTools.Reports.Graph;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>
/// What the page's script reads: gzip in base64 of a JSON object (<c>ReportData</c> of viewer/src/data.ts), a zero byte, and the stacks as
/// columns of unsigned LEB128 numbers (<see cref="HtmlStacks"/>), so that 100,000 stacks stay a file that one can mail.
/// </summary>
internal static class HtmlData
{
    /// <summary>The data block of the page.</summary>
    public static string Pack(Profile profile, FrameTable table, HtmlFacts facts, CancellationToken cancellation)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        using (var buffered = new BufferedStream(gzip, 64 * 1024))
        {
            bool hasObjects = table.HasObjects;
            string[] kinds = [.. Enumerable.Range(0, table.Count).Select(table.Kind).Distinct().Order(StringComparer.Ordinal)];
            using (var json = new Utf8JsonWriter(buffered))
                WriteJson(json, profile, table, facts, kinds, hasObjects);
            buffered.WriteByte(0);
            HtmlStacks.Write(buffered, table, kinds, hasObjects, cancellation);
        }

        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    private static void WriteJson(Utf8JsonWriter json, Profile profile, FrameTable table, HtmlFacts facts, string[] kinds, bool hasObjects)
    {
        string[] modules = [.. table.Nodes.Select(node => Path.GetFileName(node.Module)).Distinct().Order(StringComparer.Ordinal)];
        json.WriteStartObject();
        json.WriteString("title", facts.Title);
        json.WriteString("unit", table.SampleType.Unit);
        json.WriteString("sampleType", table.SampleType.Type);
        json.WriteBoolean("isDiff", facts.IsDiff);
        json.WriteBoolean("hasObjects", hasObjects);
        if (facts.Verdict is { } verdict)
        {
            json.WriteStartObject("verdict");
            json.WriteString("value", verdict.Value.ToString());
            json.WriteString("reason", verdict.Reason);
            json.WriteEndObject();
        }

        List(json, "facts", facts.Facts, fact => Pair(json, fact.Name, fact.Value));
        List(json, "series", facts.Series, point =>
        {
            json.WriteStartObject();
            json.WriteString("label", point.Label);
            json.WriteNumber("total", point.Total);
            json.WriteEndObject();
        });
        List(json, "warnings", profile.Warnings, json.WriteStringValue);
        List(json, "missing", Missing(profile), module => Pair(json, module.Name, module.What));
        List(json, "kinds", kinds, json.WriteStringValue);
        List(json, "modules", modules, json.WriteStringValue);
        json.WriteStartObject("nodes");
        List(json, "name", table.Nodes, node => json.WriteStringValue(node.Name.Length > 0 ? node.Name : node.Label));
        List(json, "file", table.Nodes, node => json.WriteStringValue(node.File));
        List(json, "line", table.Nodes, node => json.WriteNumberValue(node.Line));
        List(json, "module", table.Nodes, node => json.WriteNumberValue(Array.BinarySearch(modules, Path.GetFileName(node.Module), StringComparer.Ordinal)));
        List(json, "origin", table.Nodes, node => json.WriteNumberValue((int)FrameOrigins.Of(node)));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Modules whose names or lines are incomplete, and what would complete them.</summary>
    private static IEnumerable<(string Name, string What)> Missing(Profile profile) =>
        profile.Mappings.Where(mapping => mapping.DebugInfo?.Missing is not null).Select(mapping => (Path.GetFileName(mapping.Path), mapping.DebugInfo!.Missing!)).Distinct();

    private static void Pair(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
            write(item);
        json.WriteEndArray();
    }
}
