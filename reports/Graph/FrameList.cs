namespace MemTools.Reports.Graph;

/// <summary>Frames of all samples, one after another.</summary>
internal sealed class FrameList(int capacity)
{
    /// <summary>The frames; what is beyond <see cref="Count"/> is not used yet.</summary>
    public int[] Items { get; private set; } = new int[Math.Max(16, capacity)];

    public int Count { get; private set; }

    /// <summary>The frame added last.</summary>
    public ref int Last => ref Items[Count - 1];

    public void Add(int frame)
    {
        if (Count == Items.Length)
            Grow(1);
        Items[Count++] = frame;
    }

    public void Append(ReadOnlySpan<int> frames)
    {
        if (frames.Length == 1)
        {
            Add(frames[0]);
            return;
        }

        if (frames.Length > Items.Length - Count)
            Grow(frames.Length);
        frames.CopyTo(Items.AsSpan(Count));
        Count += frames.Length;
    }

    /// <summary>Forgets all from a place on.</summary>
    public void Truncate(int count) => Count = count;

    private void Grow(int more)
    {
        int[] larger = new int[(int)Math.Min(Array.MaxLength, Math.Max(Items.Length * 2L, (long)Count + more))];
        Items.AsSpan(0, Count).CopyTo(larger);
        Items = larger;
    }
}

/// <summary>The frames that each location stands for, translated when first asked for.</summary>
internal sealed class LocationFrames(int locations, FrameFilter filter, NodeTable names)
{
    private readonly (int Start, int Length)[] known = new (int, int)[locations];
    private readonly FrameList pool = new(locations + 1);
    private readonly List<LineRef> visible = [];

    public ReadOnlySpan<int> Of(int location)
    {
        (int start, int length) = known[location];
        if (start == 0)
            (start, length) = Translate(location);
        return pool.Items.AsSpan(start - 1, length);
    }

    /// <summary>Starts are kept plus one: 0 marks a location not seen yet.</summary>
    private (int Start, int Length) Translate(int location)
    {
        visible.Clear();
        filter.VisibleLines(location, visible);
        int start = pool.Count + 1;
        foreach (LineRef line in visible)
            pool.Add(names.FrameOf(line));
        return known[location] = (start, visible.Count);
    }
}
