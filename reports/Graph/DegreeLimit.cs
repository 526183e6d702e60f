namespace MemTools.Reports.Graph;

/// <summary>
/// The Perl pprof's maxdegree: of many edges at a node only the heaviest stay. The heaviest edge into a node always stays, so that every
/// node can be reached.
/// </summary>
internal static class DegreeLimit
{
    /// <summary>Takes edges out; returns how many.</summary>
    public static int Apply(ReportGraph graph, int limit)
    {
        var edges = new List<GraphEdge>();
        foreach (GraphNode node in graph.Nodes)
            edges.AddRange(node.Out);
        edges.Sort(GraphTrimmer.EdgeOrder);
        var into = new Dictionary<GraphNode, int>();
        var outOf = new Dictionary<GraphNode, int>();
        var dropped = new HashSet<GraphEdge>();
        foreach (GraphEdge edge in edges)
        {
            int there = into.GetValueOrDefault(edge.Target);
            int here = outOf.GetValueOrDefault(edge.Source);
            if (there > 0 && (there >= limit || here >= limit))
            {
                dropped.Add(edge);
                continue;
            }

            into[edge.Target] = there + 1;
            outOf[edge.Source] = here + 1;
        }

        foreach (GraphNode node in graph.Nodes)
        {
            node.Out.RemoveAll(dropped.Contains);
            node.In.RemoveAll(dropped.Contains);
        }

        return dropped.Count;
    }
}
