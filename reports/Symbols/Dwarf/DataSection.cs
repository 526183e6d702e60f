namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The bytes of a section, in memory that stays where it is (mapped, or native) for as long as its file is open.</summary>
internal readonly unsafe struct DataSection
{
    private readonly byte* start;

    public DataSection(ReadOnlySpan<byte> data)
    {
        start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(data));
        Length = data.Length;
    }

    public int Length { get; }

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Span => new(start, Length);

    /// <summary>A part of the section; throws <see cref="DwarfException"/> when it lies outside.</summary>
    public DataSection Part(ulong offset, ulong length)
    {
        if (offset > (ulong)Length || length > (ulong)Length - offset)
            throw new DwarfException($"contribution at 0x{offset:x} lies outside its section");
        return new DataSection(new ReadOnlySpan<byte>(start + offset, (int)length));
    }
}
