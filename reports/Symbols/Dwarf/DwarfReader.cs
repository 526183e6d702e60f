using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Reads DWARF's encodings. Every read is checked against the end of the data; what lies outside throws <see cref="DwarfException"/>.
/// </summary>
/// <remarks>
/// Pointers rather than spans: spans' methods live in another assembly, and code compiled ahead of time cannot inline them.
/// </remarks>
internal unsafe ref struct DwarfReader
{
    private readonly byte* data;

    /// <summary>Reads the section from a position to its end.</summary>
    public DwarfReader(DataSection section, int position, bool bigEndian)
        : this(section, position, section.Length, bigEndian)
    {
    }

    /// <summary>Reads the section from a position to <paramref name="end"/>.</summary>
    public DwarfReader(DataSection section, int position, int end, bool bigEndian)
    {
        if ((uint)end > (uint)section.Length || (uint)position > (uint)end)
            ThrowOutside();
        data = section.Start;
        End = end;
        Position = position;
        BigEndian = bigEndian;
    }

    public readonly int End { get; }

    public readonly bool BigEndian { get; }

    /// <summary>Never beyond <see cref="End"/>, never negative.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => End - Position;

    public byte U8()
    {
        if (Position >= End)
            ThrowOutside();
        return data[Position++];
    }

    public ushort U16()
    {
        ushort value = *(ushort*)Take(2);
        return BigEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    public uint U24()
    {
        byte* s = Take(3);
        return BigEndian ? (uint)(s[0] << 16 | s[1] << 8 | s[2]) : (uint)(s[2] << 16 | s[1] << 8 | s[0]);
    }

    public uint U32()
    {
        uint value = *(uint*)Take(4);
        return BigEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    public ulong U64()
    {
        ulong value = *(ulong*)Take(8);
        return BigEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    /// <summary>An unsigned number of 1, 2, 4 or 8 bytes.</summary>
    public ulong Sized(int size) => size switch
    {
        8 => U64(),
        4 => U32(),
        2 => U16(),
        1 => U8(),
        _ => throw new DwarfException($"numbers of {size} bytes are not known"),
    };

    /// <summary>Unsigned LEB128; bits beyond 64 are dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Uleb()
    {
        if (Position < End && data[Position] < 0x80)
            return data[Position++];
        return UlebLong();
    }

    /// <summary>Signed LEB128.</summary>
    public long Sleb()
    {
        long result = 0;
        int shift = 0;
        byte b;
        do
        {
            b = U8();
            if (shift < 64)
                result |= (long)(b & 0x7f) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        if (shift < 64 && (b & 0x40) != 0)
            result |= -1L << shift;
        return result;
    }

    /// <summary>Passes over a LEB128 number of either sign.</summary>
    public void SkipLeb()
    {
        while (U8() >= 0x80)
        {
        }
    }

    /// <summary>A NUL-terminated text, without its NUL.</summary>
    public ReadOnlySpan<byte> CString()
    {
        int start = Position;
        SkipCString();
        return new ReadOnlySpan<byte>(data + start, Position - start - 1);
    }

    /// <summary>Passes over a NUL-terminated text.</summary>
    public void SkipCString()
    {
        int length = new ReadOnlySpan<byte>(data + Position, Remaining).IndexOf((byte)0);
        if (length < 0)
            throw new DwarfException("a text has no end");
        Position += length + 1;
    }

    /// <summary>Passes over bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(ulong count)
    {
        if (count > (ulong)(End - Position))
            ThrowOutside();
        Position += (int)count;
    }

    /// <summary>Goes to a position.</summary>
    public void Seek(int position)
    {
        if ((uint)position > (uint)End)
            ThrowOutside();
        Position = position;
    }

    /// <summary>The initial length of a unit or table and whether it is in the 64-bit format (section 7.4).</summary>
    public ulong InitialLength(out bool is64)
    {
        ulong length = U32();
        is64 = length == 0xffffffff;
        if (is64)
            return U64();
        if (length >= 0xfffffff0)
            throw new DwarfException("a reserved initial length");
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Take(int count)
    {
        if (count > End - Position)
            ThrowOutside();
        byte* result = data + Position;
        Position += count;
        return result;
    }

    private ulong UlebLong()
    {
        ulong result = 0;
        int shift = 0;
        byte b;
        do
        {
            b = U8();
            if (shift < 64)
                result |= (ulong)(b & 0x7f) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        return result;
    }

    [DoesNotReturn]
    private static void ThrowOutside() => throw new DwarfException("it reaches beyond the end of its data");
}
