namespace MemTools.Reports.Graph;

/// <summary>Flat and cumulative values per node and per call, as pprof's graph.</summary>
public sealed class ReportGraph
{
    private ReportGraph(FrameTable table, List<GraphNode> nodes)
    {
        Table = table;
        Nodes = nodes;
    }

    /// <summary>What it was made from.</summary>
    public FrameTable Table { get; }

    /// <summary>Nodes; after <see cref="GraphTrimmer"/> in the order of the report.</summary>
    public List<GraphNode> Nodes { get; internal set; }

    /// <summary>Nodes that trimming by fraction took out.</summary>
    public int DroppedNodes { get; internal set; }

    /// <summary>Edges that trimming by fraction took out.</summary>
    public int DroppedEdges { get; internal set; }

    /// <summary>Nodes there were before the node count was applied.</summary>
    public int NodesBeforeCount { get; internal set; }

    /// <summary>Builds the graph.</summary>
    /// <param name="table">Filtered stacks.</param>
    /// <param name="kept">Node numbers to keep; stacks then skip the others, which makes residual edges. Null for all.</param>
    /// <param name="withEdges">False when only node values are wanted.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static ReportGraph Build(FrameTable table, bool[]? kept, bool withEdges, CancellationToken cancellation)
    {
        var nodes = new GraphNode?[table.Nodes.Count];
        var seen = new int[nodes.Length];
        var edges = new Dictionary<long, EdgeSeen>();
        for (int sample = 0; sample < table.Count; sample++)
        {
            if ((sample & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            Add(table.Frames(sample), table.Value(sample), sample + 1);
        }

        var result = new List<GraphNode>();
        foreach (GraphNode? node in nodes)
        {
            if (node is not null)
                result.Add(node);
        }

        return new ReportGraph(table, result) { NodesBeforeCount = result.Count };

        void Add(ReadOnlySpan<int> frames, long value, int stamp)
        {
            GraphNode? callee = null;
            bool residual = false;
            bool inlined = false;
            for (int index = 0; index < frames.Length; index++)
            {
                int id = FrameTable.Node(frames[index]);
                if (kept is not null && !kept[id])
                {
                    residual = true;
                    continue;
                }

                GraphNode node = nodes[id] ??= new GraphNode(id, table.Nodes[id]);
                if (seen[id] != stamp)
                {
                    seen[id] = stamp;
                    node.Cum += value;
                }

                if (index == 0)
                    node.Flat += value;
                // A function that calls itself makes no edge of its own, as in pprof.
                if (withEdges && callee is not null && callee != node)
                    AddEdge(node, callee, value, stamp, residual, inlined);
                callee = node;
                residual = false;
                inlined = FrameTable.IsInlined(frames[index]);
            }
        }

        void AddEdge(GraphNode caller, GraphNode callee, long value, int stamp, bool residual, bool inlined)
        {
            long key = ((long)caller.Id << 32) | (uint)callee.Id;
            if (!edges.TryGetValue(key, out EdgeSeen? edge))
            {
                edge = new EdgeSeen(new GraphEdge(caller, callee) { IsInlined = inlined });
                edges.Add(key, edge);
                caller.Out.Add(edge.Edge);
                callee.In.Add(edge.Edge);
            }

            edge.Edge.IsResidual |= residual;
            edge.Edge.IsInlined &= inlined;
            if (edge.Stamp == stamp)
                return;
            edge.Stamp = stamp;
            edge.Edge.Weight += value;
        }
    }

    private sealed class EdgeSeen(GraphEdge edge)
    {
        public GraphEdge Edge { get; } = edge;

        public int Stamp { get; set; }
    }
}
