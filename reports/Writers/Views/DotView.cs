using System.Globalization;
using System.Text;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>pprof's <c>dot</c>: the call graph in Graphviz' language. Sizes and shades grow with the value.</summary>
public static class DotView
{
    private const double SmallestFont = 8;
    private const double LargestFont = 24;

    /// <summary>Writes the graph.</summary>
    public static void Write(TextWriter output, Profile profile, ReportGraph graph, ReportOptions options)
    {
        Measurement measure = ReportHeader.Measure(graph, options);
        using var legend = new StringWriter();
        ReportHeader.Write(legend, profile, graph, options, measure);
        long total = GraphTrimmer.Base(graph.Table, options);
        string name = profile.Mappings.Find(mapping => mapping.IsExecutable && mapping.Path.StartsWith('/')) is { } main ? Path.GetFileName(main.Path) : "unnamed";
        output.Write($"digraph \"{Escape(name)}\" {{\n");
        output.Write("node [style=filled fillcolor=\"#f8f8f8\" fontname=\"Helvetica,Arial,sans-serif\"]\nedge [fontname=\"Helvetica,Arial,sans-serif\" fontsize=11]\n");
        output.Write($"subgraph cluster_L {{ \"Legend\" [shape=box fontsize=16 label=\"{Escape(legend.ToString()).Replace("\\n", "\\l", StringComparison.Ordinal)}\"] }}\n");
        var numbers = new Dictionary<GraphNode, int>();
        foreach (GraphNode node in graph.Nodes)
        {
            int number = numbers.Count + 1;
            numbers.Add(node, number);
            output.Write(NodeLine(node, number, total, measure, options.HeapCheck && node.Flat != 0));
        }

        foreach (GraphNode node in graph.Nodes)
        {
            foreach (GraphEdge edge in node.Out.Where(edge => numbers.ContainsKey(edge.Target)).OrderBy(edge => edge, Comparer<GraphEdge>.Create(GraphTrimmer.EdgeOrder)))
                output.Write(EdgeLine(edge, numbers[node], numbers[edge.Target], total, measure));
        }

        output.Write("}\n");
    }

    private static string NodeLine(GraphNode node, int number, long total, Measurement measure, bool isLeak)
    {
        double share = Share(node.Flat, total);
        string font = (SmallestFont + (LargestFont - SmallestFont) * Math.Sqrt(share)).ToString("0", CultureInfo.InvariantCulture);
        var label = new StringBuilder();
        label.Append(Escape(node.Info.Name.Length > 0 ? node.Info.Name.Replace("::", "::\n", StringComparison.Ordinal) : node.Info.Label));
        if (node.Info.Name.Length > 0 && node.Info.File.Length > 0)
            label.Append("\\n").Append(Escape(Path.GetFileName(node.Info.File) + (node.Info.Line > 0 ? ":" + node.Info.Line.ToString(CultureInfo.InvariantCulture) : "")));
        label.Append("\\n");
        if (node.Flat != 0)
            label.Append(measure.Label(node.Flat)).Append(" (").Append(Measurement.Percent(node.Flat, total).Trim()).Append(')');
        else
            label.Append('0');
        if (node.Cum != node.Flat)
            label.Append(node.Flat != 0 ? "\\n" : " ").Append("of ").Append(measure.Label(node.Cum)).Append(" (").Append(Measurement.Percent(node.Cum, total).Trim()).Append(')');
        string tip = Escape($"{node.Info.Label} ({measure.Label(node.Cum)})");
        double cumShare = Share(node.Cum, total);
        return $"N{number} [label=\"{label}\" id=\"node{number}\" fontsize={font} shape=box tooltip=\"{tip}\" color=\"{Shade(node.Cum, cumShare, 0.7)}\" fillcolor=\"{Shade(node.Cum, cumShare, 0.93)}\"{(isLeak ? " penwidth=4" : "")}]\n";
    }

    private static string EdgeLine(GraphEdge edge, int from, int to, long total, Measurement measure)
    {
        double share = Share(edge.Weight, total);
        string width = (1 + share * 5).ToString("0.##", CultureInfo.InvariantCulture);
        string weight = ((int)(share * 100) + 1).ToString(CultureInfo.InvariantCulture);
        string tip = Escape($"{edge.Source.Info.Label} -> {edge.Target.Info.Label} ({measure.Label(edge.Weight)})");
        return $"N{from} -> N{to} [label=\" {measure.Label(edge.Weight)}{(edge.IsInlined ? "\\n (inline)" : "")}\" weight={weight} penwidth={width} color=\"{Shade(edge.Weight, share, 0.7)}\" "
            + $"tooltip=\"{tip}\" labeltooltip=\"{tip}\"{(edge.IsResidual ? " style=\"dotted\"" : "")}]\n";
    }

    private static double Share(long value, long total) => total == 0 ? 0 : Math.Min(1, Math.Abs((double)value / total));

    /// <summary>Grey to red for what is there, grey to green for what a comparison took away.</summary>
    private static string Shade(long value, double share, double lightness)
    {
        double strength = Math.Pow(share, 0.4);
        int bright = (int)(lightness * 255);
        int faded = (int)(bright * (1 - strength * (1 - lightness + 0.3)));
        return value >= 0 ? $"#{bright:x2}{faded:x2}{faded:x2}" : $"#{faded:x2}{bright:x2}{faded:x2}";
    }

    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char one in text)
        {
            _ = one switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                _ when char.IsControl(one) => result.Append('?'),
                _ => result.Append(one),
            };
        }

        return result.ToString();
    }
}
