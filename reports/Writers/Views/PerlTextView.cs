using System.Globalization;
using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers.Views;

/// <summary>
/// The text table in the columns of the Perl pprof and jeprof (<c>--text</c>): spaces as MB with one decimal, counts as they are.
/// For scripts that read that output, in their order too: largest first, what shrank last, equal ones by name.
/// </summary>
public static class PerlTextView
{
    /// <summary>Writes the table.</summary>
    public static void Write(TextWriter output, ReportGraph graph, ReportOptions options)
    {
        long total = GraphTrimmer.Base(graph.Table, options);
        // Bytes are MB unless --show_bytes asks for them as they are.
        string unit = graph.Table.SampleType.Unit is "bytes" && options.Unit is "bytes" ? "B" : graph.Table.SampleType.Unit;
        output.Write($"Total: {Value(total, unit)} {(unit == "bytes" ? "MB" : unit == "count" ? graph.Table.SampleType.Type.EndsWith("objects", StringComparison.Ordinal) ? "objects" : "samples" : unit)}\n");
        long sum = 0;
        foreach (GraphNode node in graph.Nodes.OrderByDescending(node => options.Cumulative ? node.Cum : node.Flat).ThenBy(node => node.Info.Label, StringComparer.Ordinal))
        {
            sum += node.Flat;
            output.Write($"{Value(node.Flat, unit),8} {Percent(node.Flat, total),6} {Percent(sum, total),6} {Value(node.Cum, unit),8} {Percent(node.Cum, total),6} {node.Info.Label}\n");
        }
    }

    private static string Value(long value, string unit) =>
        unit == "bytes" ? (value / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(long value, long total) =>
        (total == 0 ? 0 : 100.0 * value / total).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
