using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MemTools.Cli.Infrastructure;
using MemTools.Reports.Compare;

namespace MemTools.Cli.Output;

/// <summary>The differences of two reports as a table or JSON.</summary>
internal static class DifferenceOutput
{
    // The text is UTF-8 data, not a part of a web page: names stay readable.
    private static readonly DifferenceJson Json = new(new JsonSerializerOptions(DifferenceJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });

    public static void WriteTable(Terminal terminal, IReadOnlyList<LeakDifference> differences)
    {
        if (differences.Count == 0)
        {
            terminal.Out.WriteLine(terminal.OutStyle.Good("No differences."));
            return;
        }

        var table = new TextTable("Status", "Bytes", "Change", "Objects", "Change", "Function", "Location");
        foreach (var difference in differences)
        {
            table.Add(
                difference.Status.ToString(), Number(difference.Bytes), Signed(difference.BytesDelta), Number(difference.Objects), Signed(difference.ObjectsDelta),
                difference.Function ?? "(unknown)", difference.Location ?? difference.Module ?? "");
        }

        table.Write(terminal.Out, terminal.OutStyle.Strong);
    }

    public static void WriteJson(Stream stream, IReadOnlyList<LeakDifference> differences)
    {
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(differences, Json.IReadOnlyListLeakDifference));
        stream.Write("\n"u8);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Signed(long value) => value.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);
}

/// <summary>The JSON form of differences: docs/json.md.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<LeakDifference>))]
internal sealed partial class DifferenceJson : JsonSerializerContext;
