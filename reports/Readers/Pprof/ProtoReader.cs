namespace MemTools.Reports.Readers.Pprof;

/// <summary>Reads protocol buffers' wire format from memory; every fault names the byte offset.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> data, long origin)
{
    /// <summary>Largest field number that protocol buffers have.</summary>
    private const ulong MaxField = (1UL << 29) - 1;

    private readonly ReadOnlySpan<byte> data = data;
    private int position;

    public readonly bool AtEnd => position >= data.Length;

    /// <summary>Offset in the decompressed file.</summary>
    public readonly long Offset => origin + position;

    /// <summary>Reads a field's key: its number and wire type.</summary>
    public (int Field, int Type) Key()
    {
        ulong key = Varint();
        if (key >> 3 is 0 or > MaxField)
            throw new ProtoException(Offset, $"there is no field {key >> 3}");
        return ((int)(key >> 3), (int)(key & 7));
    }

    public ulong Varint()
    {
        if (position < data.Length && data[position] < 0x80)
            return data[position++];
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (position >= data.Length)
                throw new ProtoException(Offset, "the data ends inside a number");
            byte one = data[position++];
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
                return value;
        }

        throw new ProtoException(Offset, "a number is longer than 64 bits");
    }

    /// <summary>Reads a length-delimited field and returns a reader over it.</summary>
    public ReadOnlySpan<byte> Bytes(out long at)
    {
        ulong length = Varint();
        at = Offset;
        if (length > (ulong)(data.Length - position))
            throw new ProtoException(at, $"a field of {length} bytes goes beyond the end of the data");
        ReadOnlySpan<byte> bytes = data.Slice(position, (int)length);
        position += (int)length;
        return bytes;
    }

    /// <summary>The bytes of a number, for a list that is not packed.</summary>
    public ReadOnlySpan<byte> VarintBytes(out long at)
    {
        at = Offset;
        int start = position;
        Varint();
        return data[start..position];
    }

    public void Skip(int type)
    {
        switch (type)
        {
            case 0:
                Varint();
                break;
            case 1:
                Advance(8);
                break;
            case 2:
                Bytes(out _);
                break;
            case 5:
                Advance(4);
                break;
            default:
                throw new ProtoException(Offset, $"wire type {type} is not part of protocol buffers as profile.proto uses them");
        }
    }

    private void Advance(int count)
    {
        if (data.Length - position < count)
            throw new ProtoException(Offset, "the data ends inside a fixed-size field");
        position += count;
    }
}

/// <summary>A fault in the wire format or in the references between messages.</summary>
internal sealed class ProtoException(long offset, string message) : Exception(message)
{
    public long Offset { get; } = offset;
}
