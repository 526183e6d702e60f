using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Compression;

namespace MemTools.Tests.Symbols.Compression;

/// <summary>The compressed samples were made with xz 5.4 and zstd 1.5; the text is "MemTools " a hundred times.</summary>
public sealed class NativeCodecsTests
{
    private const string Xz =
        "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AODABVdACaZSaVMe1SU0L6KLvNebViC7Z2KAAAAAAA4/w/UHWfjjwABMYQHAAAAPi7C1bHEZ/sCAAAAAARZWg==";

    private const string Zstd = "KLUv/QRYhQAASE1lbVRvb2xzIAEAeFmVI1O9BRQ=";

    private static readonly string s_text = string.Concat(Enumerable.Repeat("MemTools ", 100));

    private static byte[] XzData => Convert.FromBase64String(Xz);

    private static byte[] ZstdData => Convert.FromBase64String(Zstd);

    [Fact]
    public void Xz_is_unpacked()
    {
        SkipWithoutXz();
        Assert.Equal(s_text, Encoding.ASCII.GetString(NativeCodecs.XzDecompress(XzData, 900)));
        Assert.Equal(s_text + s_text, Encoding.ASCII.GetString(NativeCodecs.XzDecompress([.. XzData, .. XzData], long.MaxValue)));
    }

    [Fact]
    public void Zstd_is_unpacked()
    {
        SkipWithoutZstd();
        Assert.Equal(s_text, Encoding.ASCII.GetString(NativeCodecs.ZstdDecompress(ZstdData, 900)));
        Assert.Equal(s_text + s_text, Encoding.ASCII.GetString(NativeCodecs.ZstdDecompress([.. ZstdData, .. ZstdData], long.MaxValue)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void Zstd_streams_are_unpacked_in_pieces_of_any_size(int piece)
    {
        SkipWithoutZstd();
        using Stream stream = NativeCodecs.OpenZstd(new Trickle([.. ZstdData, .. ZstdData], piece));
        using var copy = new MemoryStream();
        stream.CopyTo(copy, piece);
        Assert.Equal(s_text + s_text, Encoding.ASCII.GetString(copy.ToArray()));
    }

    [Fact]
    public void More_than_the_limit_is_refused()
    {
        SkipWithoutXz();
        SkipWithoutZstd();
        AssertError("CompressedDataTooLarge", () => NativeCodecs.XzDecompress(XzData, 899));
        AssertError("CompressedDataTooLarge", () => NativeCodecs.ZstdDecompress(ZstdData, 899));
        AssertError("CompressedDataTooLarge", () => NativeCodecs.XzDecompress(XzData, 0));
    }

    [Fact]
    public void A_file_cut_short_at_any_byte_is_refused()
    {
        SkipWithoutXz();
        SkipWithoutZstd();
        for (int i = 0; i < XzData.Length; i++)
            AssertError("CompressedDataInvalid", () => NativeCodecs.XzDecompress(XzData.AsSpan(0, i), 1 << 20));
        for (int i = 1; i < ZstdData.Length; i++)
        {
            AssertError("CompressedDataInvalid", () => NativeCodecs.ZstdDecompress(ZstdData.AsSpan(0, i), 1 << 20));
            AssertError("CompressedDataInvalid", () => NativeCodecs.OpenZstd(new MemoryStream(ZstdData[..i])).CopyTo(Stream.Null));
        }
    }

    [Fact]
    public void Damaged_files_end_in_an_error_or_in_bytes_within_the_limit()
    {
        SkipWithoutXz();
        SkipWithoutZstd();
        var random = new Random(5);
        for (int round = 0; round < 2000; round++)
        {
            byte[] xz = XzData, zstd = ZstdData;
            xz[random.Next(xz.Length)] ^= (byte)(1 << random.Next(8));
            zstd[random.Next(zstd.Length)] = (byte)random.Next(256);
            AssertErrorOrAtMost(2000, () => NativeCodecs.XzDecompress(xz, 2000));
            AssertErrorOrAtMost(2000, () => NativeCodecs.ZstdDecompress(zstd, 2000));
        }
    }

    private static void AssertErrorOrAtMost(int limit, Func<byte[]> unpack)
    {
        try
        {
            Assert.True(unpack().Length <= limit);
        }
        catch (MemToolsException e)
        {
            Assert.Contains(e.ErrorId, (string[])["CompressedDataInvalid", "CompressedDataTooLarge"]);
        }
    }

    private static void AssertError(string id, Action act) => Assert.Equal(id, Assert.Throws<MemToolsException>(act).ErrorId);

    private static void SkipWithoutXz() => Assert.SkipUnless(NativeCodecs.HasXz, "liblzma.so.5 is not here: install liblzma5");

    private static void SkipWithoutZstd() => Assert.SkipUnless(NativeCodecs.HasZstd, "libzstd.so.1 is not here: install libzstd1");

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(piece, buffer.Length)]);
    }
}
