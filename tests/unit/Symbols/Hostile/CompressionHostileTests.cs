using System.IO.Compression;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Tests.Symbols.Hostile;

/// <summary>Compressed sections that claim or unpack to more than they may.</summary>
public sealed class CompressionHostileTests
{
    internal const ulong CompressedFlag = 0x800;

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)ElfLimits.MaxSectionBytes + 1)]
    [InlineData(1UL << 20)]
    public void A_section_that_claims_more_than_deflate_can_hold_is_refused(ulong claimed)
    {
        ElfImage image = new();
        int section = image.Add(".debug_str", Compressed(new byte[64], claimed), flags: CompressedFlag);
        int old = image.Add(".zdebug_line", Old(new byte[64], claimed));
        using ElfFile elf = Hostile.Open(image.Build());
        Assert.True(elf.GetData(elf.Sections[section]).IsEmpty);
        Assert.True(elf.GetData(elf.Sections[old]).IsEmpty);
        Assert.Equal(2, elf.Warnings.Count);
        Assert.All(elf.Warnings, w => Assert.Contains($"claims {claimed} bytes", w, StringComparison.Ordinal));
    }

    [Fact]
    public void Sections_that_unpack_to_more_than_the_file_may_are_refused_from_there_on()
    {
        // Each unpacks to 16 MiB, a thousand times its size; the file may have 64 MiB, and 64 times its own size.
        byte[] bomb = Compressed(new byte[16 << 20]);
        ElfImage image = new();
        int[] all = [.. Enumerable.Range(0, 16).Select(i => image.Add($".debug_{i}", bomb, flags: CompressedFlag))];
        byte[] bytes = image.Build();
        using ElfFile elf = Hostile.Open(bytes);
        long unpacked = all.Sum(i => (long)elf.GetData(elf.Sections[i]).Length);
        Assert.InRange(unpacked, ElfLimits.InflateBase, ElfLimits.InflateBase + bytes.Length * (long)ElfLimits.InflateFactor);
        Assert.Contains(elf.Warnings, w => w.Contains("claim more than", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    public void A_section_that_is_not_as_long_as_it_claims_is_refused(int claimed)
    {
        ElfImage image = new();
        int section = image.Add(".debug_str", Compressed(new byte[64], (ulong)claimed), flags: CompressedFlag);
        using ElfFile elf = Hostile.Open(image.Build());
        Assert.True(elf.GetData(elf.Sections[section]).IsEmpty);
        Assert.Single(elf.Warnings);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(0x6fff_ffffu)]
    public void An_unknown_compression_is_named(uint algorithm)
    {
        ElfImage image = new();
        byte[] data = Compressed(new byte[64]);
        BitConverter.TryWriteBytes(data, algorithm);
        int section = image.Add(".debug_str", data, flags: CompressedFlag);
        using ElfFile elf = Hostile.Open(image.Build());
        Assert.True(elf.GetData(elf.Sections[section]).IsEmpty);
        Assert.Contains($"compression {algorithm} is not known", Assert.Single(elf.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Elf64_Chdr and zlib data.</summary>
    internal static byte[] Compressed(byte[] plain, ulong? claimed = null) =>
        new Bytes().U32(1).U32(0).U64(claimed ?? (ulong)plain.Length).U64(1).U8(Zlib(plain)).ToArray();

    private static byte[] Old(byte[] plain, ulong claimed)
    {
        byte[] size = BitConverter.GetBytes(claimed);
        Array.Reverse(size);
        return new Bytes().U8("ZLIB"u8).U8(size).U8(Zlib(plain)).ToArray();
    }

    private static byte[] Zlib(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
            zlib.Write(plain);
        return packed.ToArray();
    }
}
