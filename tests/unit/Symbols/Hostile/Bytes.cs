using System.Buffers.Binary;
using System.Text;

namespace MemTools.Tests.Symbols.Hostile;

/// <summary>Writes what ELF and DWARF are made of, little-endian.</summary>
internal sealed class Bytes
{
    private readonly List<byte> all = [];

    public int Count => all.Count;

    public Bytes U8(params ReadOnlySpan<byte> values)
    {
        all.AddRange(values);
        return this;
    }

    public Bytes U16(int value) => Number((ulong)value, 2);

    public Bytes U32(ulong value) => Number(value, 4);

    public Bytes U64(ulong value) => Number(value, 8);

    /// <summary>Unsigned LEB128.</summary>
    public Bytes Uleb(params ReadOnlySpan<ulong> values)
    {
        foreach (ulong number in values)
        {
            ulong value = number;
            for (; value >= 0x80; value >>= 7)
                all.Add((byte)(value | 0x80));
            all.Add((byte)value);
        }

        return this;
    }

    /// <summary>A text and its NUL.</summary>
    public Bytes Text(string text)
    {
        all.AddRange(Encoding.UTF8.GetBytes(text));
        all.Add(0);
        return this;
    }

    public Bytes Append(Bytes other)
    {
        all.AddRange(other.all);
        return this;
    }

    public Bytes Repeat(int times, Action<Bytes> write)
    {
        for (int i = 0; i < times; i++)
            write(this);
        return this;
    }

    /// <summary>A table of DWARF: its length in 4 bytes, then what is in it.</summary>
    public Bytes Counted(Bytes content) => U32((ulong)content.Count).Append(content);

    public byte[] ToArray() => [.. all];

    private Bytes Number(ulong value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        all.AddRange(bytes[..size]);
        return this;
    }
}
