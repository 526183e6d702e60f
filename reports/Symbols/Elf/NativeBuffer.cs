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

    public void Dispose()
    {
        NativeMemory.Free(start);
        start = null;
    }
}
