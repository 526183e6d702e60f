namespace MemTools.Reports.Graph;

/// <summary>Sorts a graph and cuts what is too small, as pprof does.</summary>
public static class GraphTrimmer
{
    /// <summary>Builds, cuts and sorts in one go.</summary>
    /// <param name="table">Filtered stacks.</param>
    /// <param name="options">Node count, fractions, sorting.</param>
    /// <param name="withEdges">False when only node values are wanted.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static ReportGraph Build(FrameTable table, ReportOptions options, bool withEdges, CancellationToken cancellation)
    {
        ReportGraph graph = options.CallTree ? ContextGraph.Build(table, null, cancellation) : ReportGraph.Build(table, null, withEdges && !options.Trim, cancellation);
        if (!options.Trim)
        {
            graph.Nodes.Sort(Order(options.Cumulative));
            return graph;
        }

        // As pprof: fractions are of what the filters left, so that a focus on something small does not end in an empty report.
        long total = Magnitude.Sum(graph.Nodes.Select(node => node.Sums.Flat));
        long nodeCut = Cut(total, options.NodeFraction);
        int all = graph.Nodes.Count;
        List<GraphNode> large = graph.Nodes.FindAll(node => Magnitude.Of(node.Sums.Cum) >= nodeCut);
        int dropped = all - large.Count;
        large.Sort(Order(options.Cumulative));
        int candidates = large.Count;
        if (options.NodeCount > 0 && large.Count > options.NodeCount)
            large.RemoveRange(options.NodeCount, large.Count - options.NodeCount);

        if (!withEdges)
        {
            graph.Nodes = large;
        }
        else
        {
            var kept = new bool[options.CallTree ? all : table.Nodes.Count];
            foreach (GraphNode node in large)
                kept[node.Id] = true;
            graph = options.CallTree ? ContextGraph.Build(table, kept, cancellation) : ReportGraph.Build(table, kept, true, cancellation);
            graph.Nodes.Sort(Order(options.Cumulative));
            graph.DroppedEdges = CutEdges(graph, Cut(total, options.EdgeFraction));
            if (options.MaxDegree > 0)
                graph.DroppedEdges += DegreeLimit.Apply(graph, options.MaxDegree);
        }

        graph.DroppedNodes = dropped;
        graph.NodeCut = nodeCut;
        graph.NodesBeforeCount = candidates;
        return graph;
    }

    /// <summary>What percentages refer to.</summary>
    public static long Base(FrameTable table, ReportOptions options) => options.RelativePercentages ? table.Total : table.ProfileTotal;

    /// <summary>The smallest value shown for a fraction.</summary>
    public static long Cut(long total, double fraction) => (long)Math.Min(Math.Abs(total * fraction), long.MaxValue / 2.0);

    private static int CutEdges(ReportGraph graph, long cut)
    {
        int dropped = 0;
        foreach (GraphNode node in graph.Nodes)
        {
            dropped += node.Out.RemoveAll(edge => Magnitude.Of(edge.Weight) < cut);
            node.In.RemoveAll(edge => Magnitude.Of(edge.Weight) < cut);
        }

        return dropped;
    }

    /// <summary>Largest first; ties by the other value, then by name, so that output is the same on every run.</summary>
    public static Comparison<GraphNode> Order(bool cumulative) => (left, right) =>
    {
        (long a, long b) = cumulative ? (left.Cum, right.Cum) : (left.Flat, right.Flat);
        int order = Magnitude.Of(b).CompareTo(Magnitude.Of(a));
        if (order != 0)
            return order;
        (a, b) = cumulative ? (left.Flat, right.Flat) : (left.Cum, right.Cum);
        order = Magnitude.Of(b).CompareTo(Magnitude.Of(a));
        return order != 0 ? order : Compare(left.Info, right.Info);
    };

    /// <summary>Edges: heaviest first, ties by the names at both ends.</summary>
    public static Comparison<GraphEdge> EdgeOrder { get; } = (left, right) =>
    {
        int order = Magnitude.Of(right.Weight).CompareTo(Magnitude.Of(left.Weight));
        if (order == 0)
            order = Compare(left.Source.Info, right.Source.Info);
        return order != 0 ? order : Compare(left.Target.Info, right.Target.Info);
    };

    private static int Compare(NodeInfo left, NodeInfo right)
    {
        int order = string.CompareOrdinal(left.Name, right.Name);
        if (order == 0)
            order = string.CompareOrdinal(left.File, right.File);
        if (order == 0)
            order = left.Line.CompareTo(right.Line);
        if (order == 0)
            order = left.Address.CompareTo(right.Address);
        return order != 0 ? order : string.CompareOrdinal(left.Module, right.Module);
    }
}
