namespace MemTools.Reports.Graph;

/// <summary>What a node stands for; which fields are set depends on the granularity.</summary>
/// <param name="Name">Function, or <c>module+0xoffset</c> where nothing better is known; empty for files.</param>
/// <param name="File">Source file; empty when unknown or not part of the granularity.</param>
/// <param name="Line">1-based; 0 when unknown or not part of the granularity.</param>
/// <param name="Address">Only for granularity addresses; else 0.</param>
/// <param name="Module">Path of the module; empty when unknown. Not part of identity for named functions.</param>
public sealed record NodeInfo(string Name, string File, int Line, ulong Address, string Module)
{
    /// <summary>As pprof prints a node: address, name and <c>file:line</c>, whatever is there.</summary>
    public string Label
    {
        get
        {
            var parts = new List<string>(3);
            if (Address != 0)
                parts.Add(Address.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
            if (Name.Length > 0)
                parts.Add(Name);
            if (Line != 0)
                parts.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}"));
            else if (File.Length > 0)
                parts.Add(File);
            return parts.Count > 0 ? string.Join(' ', parts) : Module.Length > 0 ? $"[{Path.GetFileName(Module)}]" : "<unknown>";
        }
    }
}

/// <summary>Whether a node's code was inlined into its callers.</summary>
[Flags]
public enum Inlining
{
    /// <summary>It has no callers.</summary>
    None,

    Never = 1,

    Always = 2,

    /// <summary>Into some of them.</summary>
    Partly = Never | Always,
}

/// <summary>A node of a report with its values, in the sample type's unit.</summary>
public sealed class GraphNode(int id, NodeInfo info)
{
    /// <summary>Index in <see cref="ReportGraph.Nodes"/> before trimming.</summary>
    public int Id { get; } = id;

    public NodeInfo Info { get; } = info;

    /// <summary>Value of samples whose leaf this is.</summary>
    public long Flat { get; set; }

    /// <summary>Value of samples that have this anywhere in their stack, counted once per sample.</summary>
    public long Cum { get; set; }

    public Inlining Inlining { get; set; }

    /// <summary>The sums behind <see cref="Flat"/> and <see cref="Cum"/>, which trimming goes by: the same unless those are means.</summary>
    internal (long Flat, long Cum) Sums { get; set; }

    /// <summary>Edges to callees.</summary>
    public List<GraphEdge> Out { get; } = [];

    /// <summary>Edges from callers.</summary>
    public List<GraphEdge> In { get; } = [];
}

/// <summary>Calls from one node to another.</summary>
public sealed class GraphEdge(GraphNode source, GraphNode target)
{
    public GraphNode Source { get; } = source;

    public GraphNode Target { get; } = target;

    /// <summary>Value of samples that go over this edge, counted once per sample.</summary>
    public long Weight { get; set; }

    /// <summary>True when trimmed nodes were between the two.</summary>
    public bool IsResidual { get; set; }

    /// <summary>True when the target was inlined into the source in every sample.</summary>
    public bool IsInlined { get; set; }
}
