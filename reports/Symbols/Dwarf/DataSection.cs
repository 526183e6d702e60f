using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The bytes of a section, in memory that stays where it is (mapped, or native) for as long as its file is open.</summary>
internal readonly unsafe struct DataSection
{
    /// <summary>Takes mapped or native memory; never an array that the collector may move.</summary>
    public DataSection(ReadOnlySpan<byte> data)
        : this((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(data)), data.Length)
    {
    }

    private DataSection(byte* start, int length)
    {
        Start = start;
        Length = length;
    }

    public byte* Start { get; }

    public int Length { get; }

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Span => new(Start, Length);

    /// <summary>A part of the section; throws <see cref="DwarfException"/> when it lies outside.</summary>
    public DataSection Part(ulong offset, ulong length)
    {
        if (offset > (ulong)Length || length > (ulong)Length - offset)
            throw new DwarfException($"contribution at 0x{offset:x} lies outside its section");
        return new DataSection(Start + offset, (int)length);
    }

    /// <summary>The NUL-terminated text at an offset; empty when the offset lies outside.</summary>
    public ReadOnlySpan<byte> Text(ulong offset)
    {
        if (offset >= (ulong)Length)
            return default;
        int limit = Math.Min(Length - (int)offset, Elf.ElfLimits.MaxNameBytes);
        var rest = new ReadOnlySpan<byte>(Start + offset, limit);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : new ReadOnlySpan<byte>(Start + offset, end);
    }
}
