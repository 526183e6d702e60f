using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>Memory outside the collector's heap: it does not move, and what is never written to costs nothing.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private void* start;

    public NativeBuffer(int length)
    {
        Length = length;
        start = NativeMemory.Alloc((nuint)Math.Max(length, 1));
    }

    public int Length { get; }

    public Span<byte> Span => start is null ? default : new Span<byte>(start, Length);

    /// <summary>Its first byte.</summary>
    public byte* Start => (byte*)start;

    /// <summary>Gives the whole pages of a part back to the system; they read as zeros from then on.</summary>
    public void Release(int from, int to)
    {
        if (to > from)
            MappedFile.DropPages((nint)start + from, to - from);
    }

    public void Dispose()
    {
        NativeMemory.Free(start);
        start = null;
    }
}
