namespace MemTools.Reports.Graph;

/// <summary>A node of the call tree: one calling context.</summary>
public sealed class CallTreeNode(int nodeId)
{
    private Dictionary<int, CallTreeNode>? index;

    /// <summary>Index into <see cref="FrameTable.Nodes"/>; -1 for the root.</summary>
    public int NodeId { get; } = nodeId;

    /// <summary>Value of samples that end here.</summary>
    public long Flat { get; internal set; }

    /// <summary>Value of samples that go through here.</summary>
    public long Cum { get; internal set; }

    /// <summary>True when the frame was inlined into its parent.</summary>
    public bool IsInlined { get; internal set; }

    /// <summary>Callees.</summary>
    public List<CallTreeNode> Children { get; } = [];

    internal CallTreeNode Child(int id, bool inlined)
    {
        // Most nodes have few children: a scan beats a table until there are many.
        const int scanLimit = 8;
        if (index is null)
        {
            foreach (CallTreeNode child in Children)
            {
                if (child.NodeId == id && child.IsInlined == inlined)
                    return child;
            }

            if (Children.Count >= scanLimit)
            {
                index = [];
                foreach (CallTreeNode child in Children)
                    index[Key(child.NodeId, child.IsInlined)] = child;
            }
        }
        else if (index.TryGetValue(Key(id, inlined), out CallTreeNode? known))
        {
            return known;
        }

        var added = new CallTreeNode(id) { IsInlined = inlined };
        Children.Add(added);
        index?.Add(Key(id, inlined), added);
        return added;
    }

    private static int Key(int id, bool inlined) => inlined ? id | FrameTable.InlinedBit : id;
}

/// <summary>The call tree: stacks merged from the root (or, inverted, from the leaf).</summary>
public static class CallTree
{
    /// <summary>Builds the tree; children are in descending order of value, ties by name.</summary>
    /// <param name="table">Filtered stacks.</param>
    /// <param name="inverted">True merges from the leaf: callers are children.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static CallTreeNode Build(FrameTable table, bool inverted, CancellationToken cancellation)
    {
        var root = new CallTreeNode(-1);
        for (int sample = 0; sample < table.Count; sample++)
        {
            if ((sample & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<int> frames = table.Frames(sample);
            long value = table.Value(sample);
            CallTreeNode node = root;
            node.Cum += value;
            for (int index = 0; index < frames.Length; index++)
            {
                int frame = frames[inverted ? index : frames.Length - 1 - index];
                node = node.Child(FrameTable.Node(frame), FrameTable.IsInlined(frame));
                node.Cum += value;
            }

            node.Flat += value;
        }

        Sort(root, table);
        return root;
    }

    private static void Sort(CallTreeNode root, FrameTable table)
    {
        var pending = new Stack<CallTreeNode>([root]);
        while (pending.TryPop(out CallTreeNode? node))
        {
            node.Children.Sort((left, right) =>
            {
                int order = Magnitude.Of(right.Cum).CompareTo(Magnitude.Of(left.Cum));
                if (order == 0)
                    order = string.CompareOrdinal(table.Nodes[left.NodeId].Label, table.Nodes[right.NodeId].Label);
                return order != 0 ? order : left.NodeId.CompareTo(right.NodeId);
            });
            foreach (CallTreeNode child in node.Children)
                pending.Push(child);
        }
    }
}
