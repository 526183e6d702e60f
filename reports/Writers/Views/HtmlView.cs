using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>What the page says beside the profile itself.</summary>
public sealed record HtmlFacts
{
    public required string Title { get; init; }

    /// <summary>Name and value, in order: program, allocator, engine, verdict, …</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];

    /// <summary>Label and total of each dump of a series; empty when there is none.</summary>
    public IReadOnlyList<HistoryPoint> Series { get; init; } = [];

    /// <summary>True when values are differences.</summary>
    public bool IsDiff { get; init; }
}

/// <summary>
/// The report as one self-contained page. Everything that comes from a profile travels as gzip in base64 and is put on the page as
/// text by the script, so that no name can become markup; the content-security policy admits only the page's own script and style.
/// </summary>
public static class HtmlView
{
    /// <summary>Writes the page.</summary>
    /// <exception cref="MemToolsException">HtmlViewerMissing: this build has no viewer.</exception>
    public static void Write(Stream output, Profile profile, FrameTable table, HtmlFacts facts, CancellationToken cancellation)
    {
        string script = Resource("viewer.js");
        string style = Resource("viewer.css");
        var values = new Dictionary<string, string>
        {
            ["title"] = WebUtility.HtmlEncode(facts.Title),
            ["style"] = style,
            ["script"] = script,
            ["styleHash"] = Hash(style),
            ["scriptHash"] = Hash(script),
            ["valueName"] = table.SampleType.Unit == "bytes" ? "Bytes" : "Value",
            ["data"] = Data(profile, table, facts, cancellation),
        };
        using var writer = new StreamWriter(output, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
        Fill(Resource("template.html"), values, writer);
    }

    /// <summary>Replaces <c>{{name}}</c> in one pass, so that no value is read as a template.</summary>
    private static void Fill(string template, Dictionary<string, string> values, TextWriter writer)
    {
        int at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and int open)
        {
            int close = template.IndexOf("}}", open, StringComparison.Ordinal);
            writer.Write(template.AsSpan(at, open - at));
            writer.Write(values[template[(open + 2)..close]]);
            at = close + 2;
        }

        writer.Write(template.AsSpan(at));
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream? stream = typeof(HtmlView).Assembly.GetManifestResourceStream("MemTools.Reports.Viewer." + name);
        if (stream is null)
        {
            throw new MemToolsException(
                "HtmlViewerMissing", MemToolsErrorCategory.NotInstalled, "This build of MemTools has no Html viewer: it was built where npm was missing.", name,
                "Install Node.js with npm and build again, or use the FlameGraph view.");
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string Data(Profile profile, FrameTable table, HtmlFacts facts, CancellationToken cancellation)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        using (var json = new Utf8JsonWriter(gzip))
            WriteData(json, profile, table, facts, cancellation);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    /// <summary>The shape is <c>ReportData</c> of viewer/src/data.ts.</summary>
    private static void WriteData(Utf8JsonWriter json, Profile profile, FrameTable table, HtmlFacts facts, CancellationToken cancellation)
    {
        string[] modules = [.. table.Nodes.Select(node => Path.GetFileName(node.Module)).Distinct().Order(StringComparer.Ordinal)];
        json.WriteStartObject();
        json.WriteString("title", facts.Title);
        json.WriteString("unit", table.SampleType.Unit);
        json.WriteString("sampleType", table.SampleType.Type);
        json.WriteBoolean("isDiff", facts.IsDiff);
        List(json, "facts", facts.Facts, fact =>
        {
            json.WriteStartObject();
            json.WriteString("name", fact.Name);
            json.WriteString("value", fact.Value);
            json.WriteEndObject();
        });
        List(json, "series", facts.Series, point =>
        {
            json.WriteStartObject();
            json.WriteString("label", point.Label);
            json.WriteNumber("total", point.Total);
            json.WriteEndObject();
        });
        List(json, "warnings", profile.Warnings, json.WriteStringValue);
        List(json, "modules", modules, json.WriteStringValue);
        json.WriteStartObject("nodes");
        List(json, "name", table.Nodes, node => json.WriteStringValue(node.Name.Length > 0 ? node.Name : node.Label));
        List(json, "file", table.Nodes, node => json.WriteStringValue(node.File));
        List(json, "line", table.Nodes, node => json.WriteNumberValue(node.Line));
        List(json, "module", table.Nodes, node => json.WriteNumberValue(Array.BinarySearch(modules, Path.GetFileName(node.Module), StringComparer.Ordinal)));
        json.WriteEndObject();

        int[] order = TracesView.Order(table);
        json.WriteStartObject("stacks");
        json.WriteStartArray("frames");
        foreach (int sample in order)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> frames = table.Frames(sample);
            for (int index = frames.Length - 1; index >= 0; index--)
                json.WriteNumberValue(FrameTable.Node(frames[index]));
        }

        json.WriteEndArray();
        json.WriteStartArray("starts");
        int start = 0;
        json.WriteNumberValue(start);
        foreach (int sample in order)
            json.WriteNumberValue(start += table.Frames(sample).Length);
        json.WriteEndArray();
        List(json, "values", order, sample => json.WriteNumberValue(table.Value(sample)));
        List(json, "objects", table.HasObjects ? order : [], sample => json.WriteNumberValue(table.Objects(sample)));
        List(json, "kinds", order, sample => json.WriteStringValue(table.Kind(sample)));
        json.WriteEndObject();
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
