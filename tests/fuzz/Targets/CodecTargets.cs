using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Compression;

namespace MemTools.Fuzz.Targets;

/// <summary>xz: an error of ours or at most the bytes allowed.</summary>
internal sealed class XzTarget : FuzzTarget
{
    private const int Limit = 1 << 20;

    public override string Name => "xz";

    public override IReadOnlyList<byte[]> Seeds() =>
    [
        Convert.FromBase64String("/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AODABVdACaZSaVMe1SU0L6KLvNebViC7Z2KAAAAAAA4/w/UHWfjjwABMYQHAAAAPi7C1bHEZ/sCAAAAAARZWg=="),
    ];

    public override ulong Run(byte[] input) => CodecTargets.Run(input, Limit, NativeCodecs.XzDecompress);
}

/// <summary>zstd, at once and as a stream: the same bytes, or an error of both.</summary>
internal sealed class ZstdTarget : FuzzTarget
{
    private const int Limit = 1 << 20;

    public override string Name => "zstd";

    public override IReadOnlyList<byte[]> Seeds() => [Convert.FromBase64String("KLUv/QRYhQAASE1lbVRvb2xzIAEAeFmVI1O9BRQ=")];

    public override ulong Run(byte[] input)
    {
        ulong behaviour = CodecTargets.Run(input, Limit, NativeCodecs.ZstdDecompress);
        byte[] buffer = new byte[1000];
        long length = 0;
        try
        {
            using Stream stream = NativeCodecs.OpenZstd(new MemoryStream(input));
            int read;
            while (length <= Limit && (read = stream.Read(buffer)) > 0)
                length += read;
        }
        catch (MemToolsException e) when (e.ErrorId == "CompressedDataInvalid")
        {
            length = -1;
        }
        return (behaviour * 31) + (ulong)(length < 0 ? 0 : 1 + System.Numerics.BitOperations.Log2((ulong)length + 1));
    }
}

internal static class CodecTargets
{
    public delegate byte[] Decompress(ReadOnlySpan<byte> data, long limit);

    public static ulong Run(byte[] input, int limit, Decompress decompress)
    {
        try
        {
            int length = decompress(input, limit).Length;
            return length <= limit ? (ulong)length : throw new FuzzFailure($"{length} bytes where {limit} are allowed");
        }
        catch (MemToolsException e) when (e.ErrorId is "CompressedDataInvalid" or "CompressedDataTooLarge")
        {
            return (ulong)(uint)e.Message.GetHashCode(StringComparison.Ordinal) << 32;
        }
    }
}
