namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Frames of many addresses one after the other, filled by one thread.</summary>
internal sealed class FrameBuffer
{
    private ResolvedFrame[] frames = new ResolvedFrame[1024];

    public int Count { get; private set; }

    public void Add(in ResolvedFrame frame)
    {
        if (Count == frames.Length)
        {
            var larger = new ResolvedFrame[frames.Length * 2];
            Array.Copy(frames, larger, Count);
            frames = larger;
        }

        frames[Count++] = frame;
    }

    public ref ResolvedFrame this[int index] => ref frames[index];

    public ReadOnlySpan<ResolvedFrame> Slice(int start, int count) => new(frames, start, count);
}

/// <summary>Where the frames of one address are.</summary>
internal readonly struct FrameSlice(FrameBuffer? buffer, int start, int count)
{
    public ReadOnlySpan<ResolvedFrame> Frames => buffer is null ? default : buffer.Slice(start, count);
}
