namespace MemTools.Reports.Graph;

/// <summary>pprof's call_tree: one node per calling context, so that a function stands once for each way that leads to it.</summary>
internal static class ContextGraph
{
    /// <summary>Builds the graph, which is a forest.</summary>
    /// <param name="table">Filtered stacks.</param>
    /// <param name="kept">Node numbers to keep; callees of others hang on the nearest caller that is kept. Null for all.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static ReportGraph Build(FrameTable table, bool[]? kept, CancellationToken cancellation)
    {
        var nodes = new List<GraphNode>();
        int number = 0;
        var pending = new Stack<(CallTreeNode Node, GraphNode? Caller, bool Residual)>();
        Push(CallTree.Build(table, false, cancellation), null, false);
        while (pending.TryPop(out (CallTreeNode Node, GraphNode? Caller, bool Residual) at))
        {
            if ((number & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            int id = number++;
            if (kept is not null && !kept[id])
            {
                Push(at.Node, at.Caller, true);
                continue;
            }

            var node = new GraphNode(id, table.Nodes[at.Node.NodeId]) { Flat = at.Node.Flat, Cum = at.Node.Cum, Sums = (at.Node.Flat, at.Node.Cum) };
            nodes.Add(node);
            if (at.Caller is not null)
            {
                var edge = new GraphEdge(at.Caller, node) { Weight = at.Node.Cum, IsInlined = at.Node.IsInlined, IsResidual = at.Residual };
                at.Caller.Out.Add(edge);
                node.In.Add(edge);
            }

            Push(at.Node, node, false);
        }

        return new ReportGraph(table, nodes) { NodesBeforeCount = nodes.Count };

        void Push(CallTreeNode parent, GraphNode? caller, bool residual)
        {
            for (int index = parent.Children.Count - 1; index >= 0; index--)
                pending.Push((parent.Children[index], caller, residual && caller is not null));
        }
    }
}
