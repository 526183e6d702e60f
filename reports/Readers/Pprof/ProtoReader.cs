namespace MemTools.Reports.Readers.Pprof;

/// <summary>Reads protocol buffers' wire format from memory; every fault names the byte offset.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> data, long origin)
{
    private readonly ReadOnlySpan<byte> data = data;
    private int position;

    public readonly bool AtEnd => position >= data.Length;

    /// <summary>Offset in the decompressed file.</summary>
    public readonly long Offset => origin + position;

    /// <summary>Reads a field's key: its number and wire type.</summary>
    public (int Field, int Type) Key()
    {
        ulong key = Varint();
        return ((int)(key >> 3), (int)(key & 7));
    }

    public ulong Varint()
    {
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
