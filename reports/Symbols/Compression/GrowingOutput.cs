namespace MemTools.Reports.Symbols.Compression;

/// <summary>A result of unknown size, doubled as it fills, and refused beyond a limit.</summary>
internal struct GrowingOutput
{
    private readonly string _format;
    private readonly long _limit;

    public GrowingOutput(string format, long limit, long expected)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _format = format;
        _limit = Math.Min(limit, CompressionLimits.MaxOutputBytes);
        // One byte more than the limit lets the decoder show that there would be more.
        long first = expected > 0 ? expected : CompressionLimits.FirstOutputBytes;
        Bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Min(first, _limit) + 1, CompressionLimits.MaxOutputBytes));
    }

    public byte[] Bytes { get; private set; }

    public int Length { get; set; }

    public readonly bool IsFull => Length == Bytes.Length;

    public void CheckLimit()
    {
        if (Length > _limit)
            throw NativeCodecs.TooLarge(_format, _limit);
    }

    public void Grow()
    {
        long size = Math.Min(Math.Min(Bytes.Length * 2L, _limit + 1), CompressionLimits.MaxOutputBytes);
        if (size <= Bytes.Length)
            throw NativeCodecs.TooLarge(_format, _limit);
        byte[] bytes = Bytes;
        Array.Resize(ref bytes, (int)size);
        Bytes = bytes;
    }

    public readonly byte[] ToArray()
    {
        if (Length == Bytes.Length)
            return Bytes;
        return Bytes.AsSpan(0, Length).ToArray();
    }
}
