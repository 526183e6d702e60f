namespace MemTools.Reports.Symbols.Compression;

internal static unsafe class ZstdDecoder
{
    internal const string Format = "zstd";

    /// <summary>Most memory taken on the word of a frame's header; beyond it the result grows as it is written.</summary>
    private const long MaxTrustedSize = 64L << 20;

    public static byte[] Decompress(ReadOnlySpan<byte> data, long limit)
    {
        nint decoder = Libzstd.Create();
        try
        {
            long size = Libzstd.ContentSize(data);
            if (size > limit)
                throw NativeCodecs.TooLarge(Format, limit);
            var output = new GrowingOutput(Format, limit, Math.Min(size, MaxTrustedSize));
            fixed (byte* start = data)
            {
                var input = new Libzstd.ZstdBuffer { Bytes = start, Size = (nuint)data.Length };
                nuint wanted = 1;
                bool full = false;
                // A frame may end with output still held back, so that an empty input is not the end yet.
                while (input.Position < input.Size || (wanted != 0 && full))
                {
                    if (output.IsFull)
                        output.Grow();
                    fixed (byte* into = output.Bytes)
                    {
                        var written = new Libzstd.ZstdBuffer { Bytes = into, Size = (nuint)output.Bytes.Length, Position = (nuint)output.Length };
                        wanted = Libzstd.Decompress(decoder, &written, &input);
                        output.Length = (int)written.Position;
                    }
                    if (Libzstd.IsError(wanted))
                        throw NativeCodecs.Invalid(Format, Libzstd.ErrorName(wanted));
                    output.CheckLimit();
                    full = output.IsFull;
                }
                if (wanted != 0)
                    throw NativeCodecs.Invalid(Format, "it is cut short");
            }
            return output.ToArray();
        }
        finally
        {
            Libzstd.Free(decoder);
        }
    }
}
