using MemTools.Reports.Symbols.Dwarf;

namespace MemTools.Reports.Symbols;

/// <summary>The frames of resolved addresses.</summary>
public sealed class ResolvedAddresses
{
    private readonly FrameSlice[] slices;
    private readonly int[] position;

    internal ResolvedAddresses(FrameSlice[] slices, int[] position)
    {
        this.slices = slices;
        this.position = position;
    }

    /// <summary>Number of addresses asked for.</summary>
    public int Count => position.Length;

    /// <summary>Frames of the address that was given at that place, innermost first; empty when nothing is known of it.</summary>
    public ReadOnlySpan<ResolvedFrame> this[int index] => slices[position[index]].Frames;
}
