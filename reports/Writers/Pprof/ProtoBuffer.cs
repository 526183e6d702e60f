using System.Buffers;
using System.Text;

namespace MemTools.Reports.Writers.Pprof;

/// <summary>Protocol buffers' wire format, as much as profile.proto needs: varints, packed varints, strings and messages.</summary>
internal sealed class ProtoBuffer
{
    private readonly ArrayBufferWriter<byte> buffer = new(256);

    public ReadOnlySpan<byte> Written => buffer.WrittenSpan;

    public void Clear() => buffer.ResetWrittenCount();

    /// <summary>A varint field; 0 is the default and not written.</summary>
    public void Number(int field, long value)
    {
        if (value == 0)
            return;
        Varint((ulong)(field << 3));
        Varint((ulong)value);
    }

    public void Number(int field, ulong value) => Number(field, (long)value);

    public void Flag(int field, bool value) => Number(field, value ? 1 : 0);

    /// <summary>A string field, also when empty (profile.proto's first string is).</summary>
    public void Text(int field, string value)
    {
        Varint((ulong)(field << 3 | 2));
        int bytes = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)bytes);
        Encoding.UTF8.GetBytes(value, buffer.GetSpan(bytes));
        buffer.Advance(bytes);
    }

    public void Message(int field, ProtoBuffer message)
    {
        Varint((ulong)(field << 3 | 2));
        Varint((ulong)message.Written.Length);
        buffer.Write(message.Written);
    }

    public void Packed(int field, ReadOnlySpan<long> values, ProtoBuffer scratch)
    {
        scratch.Clear();
        foreach (long value in values)
            scratch.Varint((ulong)value);
        Message(field, scratch);
    }

    public void Varint(ulong value)
    {
        Span<byte> span = buffer.GetSpan(10);
        int count = 0;
        while (value >= 0x80)
        {
            span[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[count++] = (byte)value;
        buffer.Advance(count);
    }
}
