using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>What stands above the numbers of a text view.</summary>
internal static class ReportHeader
{
    /// <summary>The smallest value of a graph that is not 0, for the choice of the unit.</summary>
    public static Measurement Measure(ReportGraph graph, ReportOptions options)
    {
        long smallest = 0;
        foreach (GraphNode node in graph.Nodes)
        {
            long value = Magnitude.Of(node.Flat);
            if (value == 0)
                value = Magnitude.Of(node.Cum);
            if (value > 0 && (smallest == 0 || value < smallest))
                smallest = value;
        }

        long total = GraphTrimmer.Base(graph.Table, options);
        return Measurement.For(graph.Table.SampleType.Unit, options.Unit, smallest == 0 ? total : smallest, total);
    }

    /// <summary>File, type, and how much of the total is shown.</summary>
    public static void Write(TextWriter output, Profile profile, ReportGraph graph, ReportOptions options, Measurement measure)
    {
        WriteProfile(output, profile, graph.Table);
        long total = GraphTrimmer.Base(graph.Table, options);
        long shown = Magnitude.Sum(graph.Nodes.Select(node => node.Flat));
        string[] filters = [.. ActiveFilters(options)];
        if (filters.Length > 0)
            output.Write($"Active filters:\n{string.Concat(filters.Select(filter => $"   {filter}\n"))}");
        output.Write($"Showing nodes accounting for {measure.Label(shown)}, {Measurement.Percent(shown, total).Trim()} of {measure.Label(total)} total\n");
        if (graph.DroppedNodes > 0)
            output.Write($"Dropped {graph.DroppedNodes} node{(graph.DroppedNodes == 1 ? "" : "s")} (cum <= {measure.Label(graph.NodeCut)})\n");

        if (graph.Nodes.Count < graph.NodesBeforeCount)
            output.Write($"Showing top {graph.Nodes.Count} nodes out of {graph.NodesBeforeCount}\n");
    }

    /// <summary>What the profile is of: program, build, notes, column, time.</summary>
    public static void WriteProfile(TextWriter output, Profile profile, FrameTable table)
    {
        if (profile.Mappings.Find(mapping => mapping.IsExecutable && mapping.Path.StartsWith('/')) is { } main)
        {
            output.Write($"File: {Path.GetFileName(main.Path)}\n");
            if (!string.IsNullOrEmpty(main.BuildId))
                output.Write($"Build ID: {main.BuildId}\n");
        }

        foreach (string comment in profile.Comments)
            output.Write($"{comment}\n");
        output.Write($"Type: {(table.IsMean ? "mean_" : "")}{table.SampleType.Type}\n");
        if (profile.Time is { } time)
            output.Write($"Time: {time.ToString("yyyy-MM-dd HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture)}\n");
    }

    private static IEnumerable<string> ActiveFilters(ReportOptions options)
    {
        var active = new (string Name, string? Value)[]
        {
            ("focus", options.Focus), ("ignore", options.Ignore), ("hide", options.Hide), ("show", options.Show), ("show_from", options.ShowFrom),
            ("prune_from", options.PruneFrom), ("tagfocus", options.TagFocus), ("tagignore", options.TagIgnore),
        };
        return active.Where(filter => !string.IsNullOrEmpty(filter.Value)).Select(filter => $"{filter.Name}={filter.Value}");
    }
}
