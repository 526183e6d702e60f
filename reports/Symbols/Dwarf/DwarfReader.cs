using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Reads DWARF's encodings from a span. Every read is bounds-checked by the span; what lies outside throws
/// <see cref="ArgumentOutOfRangeException"/> or <see cref="IndexOutOfRangeException"/>, which callers treat as damage.
/// </summary>
internal ref struct DwarfReader(ReadOnlySpan<byte> data, int position, bool bigEndian)
{
    public readonly ReadOnlySpan<byte> Data = data;
    public readonly bool BigEndian = bigEndian;
    public int Position = position;

    public readonly int Remaining => Data.Length - Position;

    public byte U8() => Data[Position++];

    public ushort U16()
    {
        ReadOnlySpan<byte> s = Data.Slice(Position, 2);
        Position += 2;
        return BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(s) : BinaryPrimitives.ReadUInt16LittleEndian(s);
    }

    public uint U24()
    {
        ReadOnlySpan<byte> s = Data.Slice(Position, 3);
        Position += 3;
        return BigEndian ? (uint)(s[0] << 16 | s[1] << 8 | s[2]) : (uint)(s[2] << 16 | s[1] << 8 | s[0]);
    }

    public uint U32()
    {
        ReadOnlySpan<byte> s = Data.Slice(Position, 4);
        Position += 4;
        return BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(s) : BinaryPrimitives.ReadUInt32LittleEndian(s);
    }

    public ulong U64()
    {
        ReadOnlySpan<byte> s = Data.Slice(Position, 8);
        Position += 8;
        return BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(s) : BinaryPrimitives.ReadUInt64LittleEndian(s);
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
        byte b = Data[Position++];
        return b < 0x80 ? b : UlebRest(b);
    }

    /// <summary>Signed LEB128.</summary>
    public long Sleb()
    {
        long result = 0;
        int shift = 0;
        byte b;
        do
        {
            b = Data[Position++];
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipLeb()
    {
        while (Data[Position++] >= 0x80)
        {
        }
    }

    /// <summary>A NUL-terminated text, without its NUL.</summary>
    public ReadOnlySpan<byte> CString()
    {
        ReadOnlySpan<byte> rest = Data[Position..];
        int length = rest.IndexOf((byte)0);
        if (length < 0)
            throw new DwarfException("a text has no end");
        Position += length + 1;
        return rest[..length];
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(ulong count)
    {
        if (count > (ulong)Remaining)
            throw new DwarfException("a block reaches beyond its section");
        Position += (int)count;
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

    private ulong UlebRest(byte first)
    {
        ulong result = first & 0x7fu;
        int shift = 7;
        byte b;
        do
        {
            b = Data[Position++];
            if (shift < 64)
                result |= (ulong)(b & 0x7f) << shift;
            shift += 7;
        }
        while (b >= 0x80);
        return result;
    }
}
