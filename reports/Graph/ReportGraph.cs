namespace MemTools.Reports.Graph;

/// <summary>Flat and cumulative values per node and per call, as pprof's graph.</summary>
public sealed class ReportGraph
{
    internal ReportGraph(FrameTable table, List<GraphNode> nodes)
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

    /// <summary>Cumulative value below which nodes were taken out.</summary>
    public long NodeCut { get; internal set; }

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
        var sums = new NodeSum[table.Nodes.Count];
        var nodes = new GraphNode?[withEdges ? sums.Length : 0];
        var edges = new Dictionary<long, EdgeSeen>();
        for (int sample = 0; sample < table.Count; sample++)
        {
            if ((sample & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            AddValues(sums, table.Frames(sample), table.Value(sample), table.IsMean ? table.Source(sample).Values[0] : 0, sample + 1, kept);
            if (withEdges)
                AddEdges(table.Frames(sample), table.Value(sample), table.IsMean ? table.Source(sample).Values[0] : 0, sample + 1);
        }

        foreach (EdgeSeen edge in edges.Values)
            edge.Edge.Weight = Mean(edge.Edge.Weight, edge.Count);
        var result = new List<GraphNode>();
        for (int id = 0; id < sums.Length; id++)
        {
            if (sums[id].Stamp == 0 || (sums[id].Flat == 0 && sums[id].Cum == 0))
                continue; // never seen, or its changes cancel out
            GraphNode node = withEdges ? nodes[id]! : new GraphNode(id, table.Nodes[id]);
            node.Flat = Mean(sums[id].Flat, sums[id].FlatCount);
            node.Cum = Mean(sums[id].Cum, sums[id].CumCount);
            node.Sums = (sums[id].Flat, sums[id].Cum);
            node.Inlining = sums[id].Inlining;
            result.Add(node);
        }

        return new ReportGraph(table, result) { NodesBeforeCount = result.Count };

        void AddEdges(ReadOnlySpan<int> frames, long value, long count, int stamp)
        {
            GraphNode? callee = null;
            bool residual = false;
            bool inlined = false;
            foreach (int frame in frames)
            {
                int id = FrameTable.Node(frame);
                if (kept is not null && !kept[id])
                {
                    residual = true;
                    continue;
                }

                GraphNode node = nodes[id] ??= new GraphNode(id, table.Nodes[id]);
                // A function that calls itself makes no edge of its own, as in pprof.
                if (callee is not null && callee != node)
                    AddEdge(node, callee, value, count, stamp, residual, inlined);
                callee = node;
                residual = false;
                inlined = FrameTable.IsInlined(frame);
            }
        }

        void AddEdge(GraphNode caller, GraphNode callee, long value, long count, int stamp, bool residual, bool inlined)
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
            edge.Count += count;
        }
    }

    private static void AddValues(NodeSum[] sums, ReadOnlySpan<int> frames, long value, long count, int stamp, bool[]? kept)
    {
        for (int index = 0; index < frames.Length; index++)
        {
            int id = FrameTable.Node(frames[index]);
            if (kept is not null && !kept[id])
                continue;
            ref NodeSum sum = ref sums[id];
            if (sum.Stamp != stamp)
            {
                sum.Stamp = stamp;
                sum.Cum += value;
                sum.CumCount += count;
            }

            if (index == 0)
            {
                sum.Flat += value;
                sum.FlatCount += count;
            }

            if (index < frames.Length - 1)
                sum.Inlining |= FrameTable.IsInlined(frames[index]) ? Inlining.Always : Inlining.Never;
        }
    }

    /// <summary>A sum, or where counts were added up too, the mean.</summary>
    internal static long Mean(long sum, long count) => count == 0 ? sum : sum / count;

    /// <summary>Values of a node while they are added up; the stamp is the last sample that had it, so that recursion counts once.</summary>
    private struct NodeSum
    {
        public long Flat;
        public long Cum;
        public long FlatCount;
        public long CumCount;
        public int Stamp;
        public Inlining Inlining;
    }

    private sealed class EdgeSeen(GraphEdge edge)
    {
        public GraphEdge Edge { get; } = edge;

        public int Stamp { get; set; }

        public long Count { get; set; }
    }
}
