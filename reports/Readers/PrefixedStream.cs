namespace MemTools.Reports.Readers;

/// <summary>A stream whose first bytes were already read to recognise its format.</summary>
internal sealed class PrefixedStream(byte[] prefix, Stream rest) : ReadOnlyStream
{
    private int position;

    public override int Read(Span<byte> buffer)
    {
        if (position >= prefix.Length)
            return rest.Read(buffer);
        int count = Math.Min(buffer.Length, prefix.Length - position);
        prefix.AsSpan(position, count).CopyTo(buffer);
        position += count;
        return count;
    }
}
