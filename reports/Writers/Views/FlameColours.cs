using MemTools.Reports.Graph;

namespace MemTools.Reports.Writers.Views;

/// <summary>
/// Fills of a flame graph: one hue per module, one shade per function; where values are differences, red for what grew and blue for what
/// shrank.
/// </summary>
internal sealed class FlameColours
{
    /// <summary>Far enough apart to tell neighbours from each other; the module that holds most is first.</summary>
    private static readonly int[] Hues = [32, 208, 146, 280, 350, 176, 62, 236, 108, 318];

    private readonly FrameTable table;
    private readonly Dictionary<string, int> hues = new(StringComparer.Ordinal);
    private readonly bool isDiff;

    /// <summary>Ranks the modules by the memory of the stacks that end in them.</summary>
    public FlameColours(FrameTable table, bool isDiff)
    {
        this.table = table;
        this.isDiff = isDiff;
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (NodeInfo node in table.Nodes)
            weights.TryAdd(Module(node), 0);
        for (int sample = 0; sample < table.Count; sample++)
        {
            if (table.Frames(sample) is { Length: > 0 } frames)
                weights[Module(table.Nodes[FrameTable.Node(frames[0])])] += Math.Abs((double)table.Value(sample));
        }

        foreach ((string module, _) in weights.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal))
            hues.Add(module, Hues[hues.Count % Hues.Length]);
    }

    /// <summary>The fill of a context.</summary>
    public string Of(CallTreeNode node)
    {
        if (isDiff)
            return node.Cum == 0 ? "hsl(215,8%,86%)" : node.Cum > 0 ? "hsl(10,85%,72%)" : "hsl(212,80%,72%)";
        if (node.NodeId < 0)
            return "hsl(215,10%,84%)";
        NodeInfo info = table.Nodes[node.NodeId];
        uint wave = Hash(info.Name);
        return $"hsl({hues[Module(info)]},{52 + wave % 14}%,{72 + (wave >> 8) % 9}%)";
    }

    private static string Module(NodeInfo node) => Path.GetFileName(node.Module);

    /// <summary>FNV-1a: the same on every run, unlike string.GetHashCode.</summary>
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char one in text)
            hash = (hash ^ one) * 16777619;
        return hash;
    }
}
