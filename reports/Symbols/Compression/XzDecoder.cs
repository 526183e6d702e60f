namespace MemTools.Reports.Symbols.Compression;

internal static unsafe class XzDecoder
{
    private const string Format = "xz";

    public static byte[] Decompress(ReadOnlySpan<byte> data, long limit)
    {
        if (!Liblzma.IsPresent)
            throw NativeCodecs.Missing("liblzma.so.5", "liblzma5 (Debian, Ubuntu), xz-libs (Fedora, RHEL, Alpine) or xz (Arch)");
        var output = new GrowingOutput(Format, limit, expected: Math.Min(data.Length * 4L, CompressionLimits.MaxOutputBytes));
        Liblzma.LzmaStream stream = default;
        int status = Liblzma.StreamDecoder(&stream, CompressionLimits.MaxXzMemoryBytes, Liblzma.Concatenated);
        if (status != Liblzma.Ok)
            throw NativeCodecs.Invalid(Format, Reason(status));
        try
        {
            fixed (byte* input = data)
            {
                stream.NextIn = input;
                stream.AvailableIn = (nuint)data.Length;
                do
                {
                    if (output.IsFull)
                        output.Grow();
                    fixed (byte* into = output.Bytes)
                    {
                        stream.NextOut = into + output.Length;
                        stream.AvailableOut = (nuint)(output.Bytes.Length - output.Length);
                        status = Liblzma.Code(&stream, Liblzma.Finish);
                        output.Length = output.Bytes.Length - (int)stream.AvailableOut;
                    }
                    output.CheckLimit();
                }
                while (status == Liblzma.Ok);
            }
        }
        finally
        {
            Liblzma.End(&stream);
        }
        if (status != Liblzma.StreamEnd)
            throw NativeCodecs.Invalid(Format, Reason(status));
        return output.ToArray();
    }

    private static string Reason(int status) => status switch
    {
        Liblzma.MemoryError => "out of memory",
        Liblzma.MemoryLimitError => $"it needs more than {CompressionLimits.MaxXzMemoryBytes >> 20} MiB for its dictionary",
        Liblzma.FormatError => "it is not an .xz file",
        Liblzma.OptionsError => "it uses a filter that liblzma does not know",
        Liblzma.DataError => "it is damaged",
        Liblzma.BufferError => "it is cut short",
        _ => $"liblzma's error {status}",
    };
}
