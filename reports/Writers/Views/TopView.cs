using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>One row of the top view. Percentages are of the total, 0 to 100.</summary>
public sealed record TopRow(
    long Flat, double FlatPercent, double SumPercent, long Cum, double CumPercent, string Function, string File, int Line, string Module, string Label);

/// <summary>pprof's <c>top</c> (<c>text</c>): a table of nodes by value.</summary>
public static class TopView
{
    /// <summary>The rows as objects.</summary>
    public static IReadOnlyList<TopRow> Rows(ReportGraph graph, ReportOptions options)
    {
        long total = GraphTrimmer.Base(graph.Table, options);
        long sum = 0;
        var rows = new List<TopRow>(graph.Nodes.Count);
        foreach (GraphNode node in graph.Nodes)
        {
            sum += node.Flat;
            rows.Add(new TopRow(
                node.Flat, Of(node.Flat, total), Of(sum, total), node.Cum, Of(node.Cum, total), node.Info.Name, node.Info.File, node.Info.Line,
                node.Info.Module, node.Info.Label));
        }

        return rows;
    }

    /// <summary>The table as text, in the columns of pprof.</summary>
    public static void Write(TextWriter output, Profile profile, ReportGraph graph, ReportOptions options)
    {
        Measurement measure = ReportHeader.Measure(graph, options);
        ReportHeader.Write(output, profile, graph, options, measure);
        long total = GraphTrimmer.Base(graph.Table, options);
        output.Write("      flat  flat%   sum%        cum   cum%\n");
        long sum = 0;
        foreach (GraphNode node in graph.Nodes)
        {
            sum += node.Flat;
            output.Write($"{measure.Label(node.Flat),10} {Measurement.Percent(node.Flat, total)} {Measurement.Percent(sum, total)} "
                + $"{measure.Label(node.Cum),10} {Measurement.Percent(node.Cum, total)}  {node.Info.Label}{Inlined(node)}\n");
        }
    }

    private static string Inlined(GraphNode node) => node.Inlining switch
    {
        Inlining.Always => " (inline)",
        Inlining.Partly => " (partial-inline)",
        _ => "",
    };

    private static double Of(long value, long total) => total == 0 ? 0 : 100.0 * value / total;
}
