namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Frames of many addresses one after the other, filled by one thread.</summary>
internal sealed class FrameBuffer
{
    private ResolvedFrame[] frames = new ResolvedFrame[1024];

    public int Count { get; private set; }

    public void Add(in ResolvedFrame frame)
    {
        if (Count == frames.Length)
            Array.Resize(ref frames, frames.Length * 2);
        frames[Count++] = frame;
    }

    public ref ResolvedFrame this[int index] => ref frames[index];

    public ReadOnlySpan<ResolvedFrame> Slice(int start, int count) => frames.AsSpan(start, count);
}

/// <summary>Where the frames of one address are.</summary>
internal readonly record struct FrameSlice(FrameBuffer? Buffer, int Start, int Count)
{
    public ReadOnlySpan<ResolvedFrame> Frames => Buffer is null ? default : Buffer.Slice(Start, Count);
}
