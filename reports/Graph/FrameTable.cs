using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>
/// The profile as node numbers: what every view works on. Made once per report; locations are translated once each, so the cost
/// per sample is copying small integers.
/// </summary>
public sealed class FrameTable
{
    /// <summary>Set in a frame that was inlined into the next outer one.</summary>
    internal const int InlinedBit = int.MinValue;

    private readonly int[] frames;
    private readonly int[] starts;
    private readonly long[] values;
    private readonly Sample[] sources;
    private readonly int objectsColumn;

    internal FrameTable(
        NodeInfo[] nodes, int[] frames, int[] starts, long[] values, Sample[] sources, bool isMean, int objectsColumn, SampleType type, long total, long profileTotal)
    {
        this.sources = sources;
        this.objectsColumn = objectsColumn;
        IsMean = isMean;
        Nodes = nodes;
        this.frames = frames;
        this.starts = starts;
        this.values = values;
        SampleType = type;
        Total = total;
        ProfileTotal = profileTotal;
    }

    /// <summary>Distinct nodes in order of first appearance.</summary>
    public IReadOnlyList<NodeInfo> Nodes { get; }

    /// <summary>Number of samples left after filtering.</summary>
    public int Count => values.Length;

    /// <summary>The column that was selected.</summary>
    public SampleType SampleType { get; }

    /// <summary>Sum of the absolute values of the samples left.</summary>
    public long Total { get; }

    /// <summary>The same before filtering; of a comparison that keeps its sides (diff_base), the base's alone.</summary>
    public long ProfileTotal { get; }

    /// <summary>True when sums are to be divided by those of the profile's first column.</summary>
    public bool IsMean { get; }

    /// <summary>Value of a sample.</summary>
    public long Value(int sample) => values[sample];

    /// <summary>True when the profile has a column of object counts that goes with the selected one.</summary>
    public bool HasObjects => objectsColumn >= 0;

    /// <summary>Objects of a sample, where <see cref="HasObjects"/>.</summary>
    public long Objects(int sample) => sources[sample].Values[objectsColumn];

    /// <summary>The sample of the profile, with all of its columns and labels.</summary>
    internal Sample Source(int sample) => sources[sample];

    /// <summary>What a leak engine says of the memory (the label <c>kind</c>); empty when it says nothing.</summary>
    public string Kind(int sample) => sources[sample].Labels is { } labels && labels.TryGetValue("kind", out string? kind) ? kind : "";

    /// <summary>Node numbers of a sample, leaf first, with <see cref="InlinedBit"/> where inlined.</summary>
    internal ReadOnlySpan<int> Frames(int sample) => frames.AsSpan(starts[sample], starts[sample + 1] - starts[sample]);

    /// <summary>Node number of a frame.</summary>
    internal static int Node(int frame) => frame & ~InlinedBit;

    /// <summary>True when the frame was inlined into the next outer one.</summary>
    internal static bool IsInlined(int frame) => frame < 0;
}
