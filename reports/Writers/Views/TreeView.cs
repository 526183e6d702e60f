using System.Text.RegularExpressions;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>tree</c> and <c>peek</c>: each node between its callers (above) and callees (below).</summary>
public static class TreeView
{
    private const string Separator = "----------------------------------------------------------+-------------\n";

    /// <summary>Writes all nodes, or with a pattern (peek) only those it matches.</summary>
    public static void Write(TextWriter output, Profile profile, ReportGraph graph, ReportOptions options, string? pattern = null)
    {
        Regex? wanted = Pattern.Compile(pattern, "peek");
        Measurement measure = ReportHeader.Measure(graph, options);
        ReportHeader.Write(output, profile, graph, options, measure);
        long total = GraphTrimmer.Base(graph.Table, options);
        output.Write(Separator);
        output.Write("      flat  flat%   sum%        cum   cum%   calls calls% + context\n");
        output.Write(Separator);
        long sum = 0;
        foreach (GraphNode node in graph.Nodes)
        {
            if (wanted is not null && !wanted.IsMatch(node.Info.Label))
                continue;
            sum += node.Flat;
            WriteEdges(output, node.In, edge => edge.Source, node, measure);
            output.Write($"{measure.Label(node.Flat),10} {Measurement.Percent(node.Flat, total)} {Measurement.Percent(sum, total)} "
                + $"{measure.Label(node.Cum),10} {Measurement.Percent(node.Cum, total)}                | {node.Info.Label}\n");
            WriteEdges(output, node.Out, edge => edge.Target, node, measure);
            output.Write(Separator);
        }
    }

    private static void WriteEdges(TextWriter output, List<GraphEdge> edges, Func<GraphEdge, GraphNode> end, GraphNode node, Measurement measure)
    {
        foreach (GraphEdge edge in edges.OrderBy(edge => edge, Comparer<GraphEdge>.Create(GraphTrimmer.EdgeOrder)))
        {
            string inline = edge.IsInlined ? " (inline)" : "";
            output.Write($"{measure.Label(edge.Weight),50} {Measurement.Percent(edge.Weight, node.Cum)} |   {end(edge).Info.Label}{inline}\n");
        }
    }
}
