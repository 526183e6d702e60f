using System.IO.Compression;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Compression;
using MemTools.Reports.Symbols.Compression.Inflate;

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

/// <summary>zlib: our error, or exactly the bytes claimed; the same whether unpacked at once or in steps.</summary>
internal sealed unsafe class ZlibTarget : FuzzTarget
{
    private const int Size = 4000;

    public override string Name => "zlib";

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] data = new byte[Size];
        for (int i = 0; i < data.Length; i++)
            data[i] = (byte)(i * i >> 7 ^ i % 9);
        return [.. Enum.GetValues<CompressionLevel>().Select(level =>
        {
            using var packed = new MemoryStream();
            using (var stream = new ZLibStream(packed, level, leaveOpen: true))
                stream.Write(data);
            return packed.ToArray();
        })];
    }

    public override ulong Run(byte[] input)
    {
        ulong whole = Unpack(input, Size), steps = Unpack(input, 97);
        return whole == steps ? whole : throw new FuzzFailure("another result in steps");
    }

    private static ulong Unpack(byte[] input, int step)
    {
        byte[] output = new byte[Size];
        fixed (byte* from = input.Length > 0 ? input : [0], to = output)
        {
            using var decoder = new ZlibDecoder(from, input.Length, to, Size);
            try
            {
                for (int until = step; until < Size; until += step)
                    decoder.Advance(until);
                decoder.Advance(Size);
            }
            catch (InflateException e)
            {
                return (ulong)(uint)e.Message.GetHashCode(StringComparison.Ordinal) << 32;
            }
        }

        return Crc32.Compute(output);
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
