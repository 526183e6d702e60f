using MemTools.Reports.Symbols.Elf;

namespace MemTools.Tests.Symbols.Hostile;

/// <summary>Files whose ELF headers and tables lie; each names the limit that holds.</summary>
public sealed class ElfHostileTests
{
    private const ulong Address = ElfImage.TextAddress + 4;

    [Fact]
    public void An_honest_image_gives_its_names()
    {
        Hostile.Answer answer = Hostile.Read(new DwarfImage { HasSymbol = false }.ToElf().Build(), Address)!;
        Assert.Equal(["f:7"], answer.Frames[0]);
        Assert.Empty(answer.Warnings);
    }

    [Fact]
    public void A_file_cut_at_every_byte_is_read_or_refused()
    {
        byte[] whole = Rich().Build();
        Assert.Equal(["f_by_symbol:7"], Hostile.Read(whole, Address)!.Frames[0]);
        int refused = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            if (Hostile.Read(whole[..length], Address) is null)
                refused++;
        }

        // Section headers are last: all others are files without sections.
        Assert.Equal(ElfImage.HeaderSize, refused);
    }

    [Fact]
    public void Flipped_bits_never_break_it()
    {
        byte[] whole = Rich().Build();
        var random = new Random(20);
        int different = 0;
        for (int round = 0; round < 4000; round++)
        {
            byte[] bytes = [.. whole];
            for (int flips = 1 << random.Next(5); flips > 0; flips--)
                bytes[random.Next(round % 2 == 0 ? bytes.Length : 400)] ^= (byte)(1 << random.Next(8));
            Hostile.Answer? answer = Hostile.Read(bytes, Address);
            different += answer is null || answer.Frames[0] is not ["f_by_symbol:7"] ? 1 : 0;
        }

        Assert.InRange(different, 100, 3999);
    }

    [Theory]
    [InlineData(0x8000_0000_0000_0000)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x7fff_ffff_ffff_ffff)]
    [InlineData(0xffff_ffff)]
    [InlineData(0x7fff_ffff)]
    public void Enormous_numbers_in_every_header_field_are_refused_one_by_one(ulong number)
    {
        byte[] whole = Rich().Build();
        int headers = (int)BitConverter.ToUInt64(whole, 40);
        for (int at = 16; at + 8 <= whole.Length; at = at + 4 == ElfImage.HeaderSize ? headers : at + 4)
        {
            byte[] bytes = [.. whole];
            BitConverter.TryWriteBytes(bytes.AsSpan(at), number);
            _ = Hostile.Read(bytes, Address);
        }
    }

    [Fact]
    public void More_sections_than_16_bits_can_count_are_read()
    {
        ElfImage image = new();
        for (int i = 0; i < 66_000; i++)
            image.Add("", [], ElfSectionType.NoBits);
        int code = image.Add(".text.last", [], ElfSectionType.NoBits, flags: 6, address: 0x4000, size: 0x100);
        int symbols = image.AddFunctions(("in_first", ElfImage.TextAddress, 16, 1), ("in_last", 0x4000, 16, 0xffff));
        image.Add(".symtab_shndx", new Bytes().U32(0).U32(0).U32((ulong)code).ToArray(), ElfSectionType.SymbolSectionIndices, link: symbols, entry: 4);
        byte[] bytes = image.Build();
        using (ElfFile elf = Hostile.Open(bytes))
        {
            Assert.Equal(66_007, elf.Sections.Count);
            Assert.Equal(".text.last", elf.Sections[code].Name);
        }

        Hostile.Answer answer = Hostile.Read(bytes, Address, 0x4008)!;
        Assert.Equal(["in_first:0"], answer.Frames[0]);
        Assert.Equal(["in_last:0"], answer.Frames[1]);
    }

    [Theory]
    [InlineData(0x8000_0000_0000_0000)]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)ElfLimits.MaxSections + 1)]
    [InlineData(1000)]
    [InlineData(0)]
    public void A_section_count_that_the_file_cannot_hold_means_no_sections(ulong count)
    {
        ElfImage image = Rich();
        image.SectionCount = 0;
        image.ExtendedCount = count;
        using ElfFile elf = Hostile.Open(image.Build());
        Assert.Empty(elf.Sections);
    }

    [Fact]
    public void Section_names_that_all_begin_an_endless_table_are_cut()
    {
        ElfImage image = new() { Names = new byte[ElfLimits.MaxNameBytes], NameOffset = 0 };
        Array.Fill(image.Names, (byte)'x');
        for (int i = 0; i < 20_000; i++)
            image.Add("", [], ElfSectionType.NoBits);
        Hostile.Answer answer = Hostile.Read(image.Build(), Address)!;
        Assert.Empty(answer.Frames[0]);
    }

    [Fact]
    public void Library_version_and_symbol_names_that_all_begin_an_endless_table_are_cut()
    {
        ElfImage image = new();
        byte[] endless = new byte[ElfLimits.MaxNameBytes];
        Array.Fill(endless, (byte)'x');
        int strings = image.Add(".dynstr", endless, ElfSectionType.StringTable);
        image.Add(".dynsym", new Bytes().Repeat(200, b => b.U32(1).U8(0x12, 0).U16(1).U64(0x1000).U64(0)).ToArray(), ElfSectionType.DynamicSymbols, link: strings);
        var versions = new Bytes();
        versions.Repeat(60_000, b => b.U16(1).U16(0).U32(1).U32(0).U32(16));
        image.Add(".gnu.version_r", versions.ToArray(), ElfSectionType.GnuVersionNeeds, link: strings);
        image.Add(".gnu.version_d", new Bytes().Repeat(60_000, b => b.U16(1).U16(0).U16(2).U16(1).U32(0).U32(1).U32(20)).ToArray(), ElfSectionType.GnuVersionDefinitions, link: strings);
        image.Add(".dynamic", new Bytes().Repeat(60_000, b => b.U64(1).U64(1)).ToArray(), ElfSectionType.Dynamic, link: strings);
        _ = Hostile.Read(image.Build(), Address);
    }

    [Fact]
    public void Version_chains_that_point_at_themselves_end()
    {
        ElfImage image = new();
        int strings = image.Add(".dynstr", new Bytes().U8(0).Text("v").ToArray(), ElfSectionType.StringTable);
        // The auxiliary entry lies on the entry itself and leads on by nothing, one byte, and 2^32 - 1.
        image.Add(".gnu.version_r", new Bytes().Repeat(1000, b => b.U16(1).U16(0xffff).U32(1).U32(0).U32(1)).ToArray(), ElfSectionType.GnuVersionNeeds, link: strings);
        image.Add(".gnu.version_d", new Bytes().Repeat(1000, b => b.U16(1).U16(0).U16(2).U16(1).U32(0).U32(0).U32(0xffff_ffff)).ToArray(), ElfSectionType.GnuVersionDefinitions, link: strings);
        using ElfFile elf = Hostile.Open(image.Build());
        Assert.InRange(elf.VersionNeeds.Sum(n => n.Value.Count), 0, ElfLimits.MaxVersionEntries);
        Assert.InRange(elf.VersionDefinitions.Count, 0, 1);
        _ = Hostile.Read(image.Build(), Address);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0xffff_ffffu, 0u)]
    [InlineData(0u, 0xffff_ffffu)]
    [InlineData(0xffff_fff4u, 0xffff_fff4u)]
    [InlineData(4u, 0xffff_fff0u)]
    public void Notes_that_lead_nowhere_or_round_end(uint nameSize, uint size)
    {
        ElfImage image = new();
        for (int i = 0; i < 50; i++)
            image.Add($".note{i}", new Bytes().Repeat(2000, b => b.U32(nameSize).U32(size).U32(3).Text("GNU")).ToArray(), ElfSectionType.Note);
        using ElfFile elf = Hostile.Open(image.Build());
        Assert.Null(elf.BuildId);
    }

    [Fact]
    public void Symbols_beyond_2_to_the_63_do_not_wrap_round()
    {
        ElfImage image = new();
        image.AddFunctions(("endless", 0x1000, ulong.MaxValue, 1), ("huge", 0x1800, 1UL << 63, 1), ("last", ulong.MaxValue, 1, 1));
        Hostile.Answer answer = Hostile.Read(image.Build(), 0x1004, 0x1804, 0x10)!;
        Assert.Equal(["endless:0"], answer.Frames[0]);
        Assert.Equal(["huge:0"], answer.Frames[1]);
        Assert.Empty(answer.Frames[2]);
    }

    /// <summary>All tables that the reader knows, small and right.</summary>
    private static ElfImage Rich()
    {
        ElfImage image = new DwarfImage().ToElf();
        image.Add(".note.gnu.build-id", new Bytes().U32(4).U32(4).U32(3).Text("GNU").U32(0x12345678).ToArray(), ElfSectionType.Note);
        image.Add(".gnu_debuglink", new Bytes().Text("x.debug").U32(1).ToArray());
        int strings = image.Add(".dynstr", new Bytes().U8(0).Text("d").Text("libc.so.6").Text("GLIBC_2.34").ToArray(), ElfSectionType.StringTable);
        image.Add(".dynsym", new Bytes().Repeat(24, b => b.U8(0)).U32(1).U8(0x12, 0).U16(1).U64(0x1000).U64(16).ToArray(), ElfSectionType.DynamicSymbols, link: strings, info: 1, entry: 24);
        image.Add(".gnu.version", new Bytes().U16(0).U16(2).ToArray(), ElfSectionType.GnuVersionSymbols);
        image.Add(".gnu.version_r", new Bytes().U16(1).U16(1).U32(3).U32(16).U32(0).U32(0).U16(0).U16(2).U32(13).U32(0).ToArray(), ElfSectionType.GnuVersionNeeds, link: strings, info: 1);
        image.Add(".dynamic", new Bytes().U64(1).U64(3).U64(0).U64(0).ToArray(), ElfSectionType.Dynamic, link: strings, entry: 16);
        image.Add(".debug_str", CompressionHostileTests.Compressed(new byte[64]), flags: CompressionHostileTests.CompressedFlag);
        return image;
    }
}
