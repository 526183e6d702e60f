using MemTools.Reports.Symbols.Dwarf;

namespace MemTools.Tests.Symbols.Hostile;

/// <summary>Debug information that goes round in circles, or costs far more than its size; the symbol table's name is what remains.</summary>
public sealed class DwarfHostileTests
{
    private const int FirstDie = DwarfImage.UnitHeader + DwarfImage.RootSize;

    [Theory]
    [InlineData(DwarfImage.Origin)]
    [InlineData(DwarfImage.Specification)]
    public void A_function_that_originates_from_itself_has_the_symbols_name(ulong attribute)
    {
        var image = new DwarfImage().Declare(3, DwarfImage.Subprogram, false, attribute, DwarfImage.Ref4, DwarfImage.LowPc, DwarfImage.Addr, DwarfImage.HighPc, DwarfImage.Data4);
        image.Info.Append(DwarfImage.Unit(new Bytes().Uleb(3).U32(FirstDie).U64(ElfImage.TextAddress).U32(ElfImage.TextSize)));
        Assert.Equal(["f_by_symbol:7"], image.Resolve().Frames[0]);
    }

    [Theory]
    [InlineData(DwarfImage.Origin, DwarfImage.Ref4)]
    [InlineData(DwarfImage.Specification, DwarfImage.RefAddr)]
    public void Two_inlined_functions_that_originate_from_each_other_end(ulong attribute, ulong form)
    {
        var image = new DwarfImage().Declare(3, DwarfImage.Subprogram, true, DwarfImage.LowPc, DwarfImage.Addr, DwarfImage.HighPc, DwarfImage.Data4)
            .Declare(4, DwarfImage.Inlined, false, attribute, form, DwarfImage.LowPc, DwarfImage.Addr, DwarfImage.HighPc, DwarfImage.Data4);
        const int Outer = 1 + 8 + 4, Inner = 1 + 4 + 8 + 4;
        Bytes content = new Bytes().Uleb(3).U64(ElfImage.TextAddress).U32(ElfImage.TextSize);
        content.Uleb(4).U32(FirstDie + Outer + Inner).U64(ElfImage.TextAddress).U32(0x100);
        content.Uleb(4).U32(FirstDie + Outer).U64(ElfImage.TextAddress).U32(0x100).U8(0);
        image.Info.Append(DwarfImage.Unit(content));
        Assert.Equal("f_by_symbol:0", image.Resolve().Frames[0][^1]);
    }

    [Fact]
    public void Units_that_import_each_other_and_themselves_end()
    {
        var image = new DwarfImage().Declare(3, DwarfImage.ImportedUnit, false, DwarfImage.Import, DwarfImage.RefAddr).Declare(4, DwarfImage.PartialUnit, true);
        Bytes first = DwarfImage.Unit(new Bytes().Append(DwarfImage.Function()).Uleb(3).U32(0).Uleb(3).U32(200));
        image.Info.Append(first).Append(DwarfImage.Unit(new Bytes().Uleb(3).U32(DwarfImage.UnitHeader).Uleb(3).U32((ulong)first.Count + DwarfImage.UnitHeader)));
        Assert.Equal(["f_by_symbol:7"], image.Resolve().Frames[0]);
    }

    [Fact]
    public void Siblings_that_lead_back_are_passed_over()
    {
        var image = new DwarfImage { HasSymbol = false }.Declare(3, DwarfImage.LexicalBlock, true, 0x01, DwarfImage.Ref4);
        image.Info.Append(DwarfImage.Unit(new Bytes().Uleb(3).U32(FirstDie).U8(0).Uleb(3).U32(0xffff_ffff).U8(0).Append(DwarfImage.Function())));
        Assert.Equal(["f:7"], image.Resolve().Frames[0]);
    }

    [Fact]
    public void DIEs_nested_beyond_MaxDepth_are_damage()
    {
        var image = new DwarfImage().Declare(3, 0x39, true);
        image.Info.Append(DwarfImage.Unit(new Bytes().Repeat(DwarfLimits.MaxDepth + 1, b => b.Uleb(3)).Append(DwarfImage.Function())));
        Hostile.Answer answer = image.Resolve();
        Assert.Equal(["f_by_symbol:7"], answer.Frames[0]);
        Assert.Contains(answer.Warnings, w => w.Contains("nested too deeply", StringComparison.Ordinal));
    }

    [Fact]
    public void Inlined_calls_beyond_MaxFrames_are_cut()
    {
        var image = new DwarfImage().Declare(3, DwarfImage.Subprogram, true, DwarfImage.Name, DwarfImage.String, DwarfImage.LowPc, DwarfImage.Addr, DwarfImage.HighPc, DwarfImage.Data4)
            .Declare(4, DwarfImage.Inlined, true, DwarfImage.LowPc, DwarfImage.Addr, DwarfImage.HighPc, DwarfImage.Data4);
        const int Deep = DwarfLimits.MaxFrames * 4;
        Bytes content = new Bytes().Uleb(3).Text("f").U64(ElfImage.TextAddress).U32(ElfImage.TextSize);
        content.Repeat(Deep, b => b.Uleb(4).U64(ElfImage.TextAddress).U32(0x100)).Repeat(Deep + 1, b => b.U8(0));
        image.Info.Append(DwarfImage.Unit(content));
        Assert.Equal(DwarfLimits.MaxFrames, image.Resolve().Frames[0].Length);
    }

    [Fact]
    public void An_abbreviation_of_more_than_MaxAttributes_is_damage()
    {
        ulong[] attributes = [.. Enumerable.Repeat<ulong[]>([0x2001, DwarfImage.FlagPresent], DwarfLimits.MaxAttributes + 1).SelectMany(pair => pair)];
        Hostile.Answer answer = new DwarfImage().Declare(3, DwarfImage.Subprogram, false, attributes).Resolve();
        Assert.Equal(["f_by_symbol:0"], answer.Frames[0]);
        Assert.Contains(answer.Warnings, w => w.Contains("too many attributes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_DIE_of_one_byte_with_thousands_of_attributes_costs_as_others_do()
    {
        // A million functions of one byte, each with 4,000 attributes whose values are in the abbreviation.
        ulong[] attributes = [.. Enumerable.Repeat<ulong[]>([DwarfImage.LowPc, DwarfImage.FlagPresent], DwarfLimits.MaxAttributes - 8).SelectMany(pair => pair)];
        var image = new DwarfImage { HasSymbol = false }.Declare(3, DwarfImage.Subprogram, false, attributes);
        image.Info.Append(DwarfImage.Unit(new Bytes().Repeat(1_000_000, b => b.U8(3)).Append(DwarfImage.Function())));
        Assert.Equal(["f:7"], image.Resolve().Frames[0]);
    }

    [Fact]
    public void Units_that_share_a_great_table_of_abbreviations_exceed_the_work_limit()
    {
        var image = new DwarfImage();
        for (ulong code = 3; code < 60_000; code++)
            image.Declare(code, DwarfImage.LexicalBlock, false, 0x2001, DwarfImage.Data4);
        // Alternating address sizes, so that no unit can use the table of the one before.
        for (int i = 0; i < 20_000; i++)
            image.Info.Counted(new Bytes().U16(4).U32(0).U8(i % 2 == 0 ? (byte)4 : (byte)8).Uleb(1).U64(0x1000).U32(0x1000).U32(0).U8(0));
        Hostile.Answer answer = image.Resolve();
        Assert.Contains(answer.Warnings, w => w.Contains("work limit", StringComparison.Ordinal));
        Assert.StartsWith("f_by_symbol", answer.Frames[0][^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Units_that_share_a_great_list_of_ranges_exceed_a_limit()
    {
        var image = new DwarfImage().Declare(3, DwarfImage.CompileUnit, false, DwarfImage.Ranges, DwarfImage.SecOffset);
        image.RangeLists.Repeat(60_000, b => b.U64(0x1000).U64(0x1001)).U64(0).U64(0);
        for (int i = 0; i < 5000; i++)
            image.Info.Counted(new Bytes().U16(4).U32(0).U8(8).Uleb(3).U32(0));
        Assert.Contains(image.Resolve().Warnings, w => w.Contains("too many ranges", StringComparison.Ordinal) || w.Contains("work limit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    [InlineData(0x7fff_ffff)]
    public void Units_and_line_programs_of_enormous_length_are_damage(ulong length)
    {
        var image = new DwarfImage();
        image.Info.U32(0xffff_ffff).U64(length).U16(4).U64(0).U8(8).Append(DwarfImage.Root()).U8(0);
        Assert.Equal(["f_by_symbol:0"], image.Resolve().Frames[0]);
        image = new DwarfImage { Line = new Bytes().U32(0xffff_ffff).U64(length).U16(4).U64(length) };
        Hostile.Answer answer = image.Resolve();
        Assert.Equal(["f_by_symbol:0"], answer.Frames[0]);
        Assert.Contains(answer.Warnings, w => w.Contains("line program", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_program_that_never_ends_its_sequence_answers_nothing()
    {
        Bytes endless = new Bytes().U8(0, 9, 2).U64(ElfImage.TextAddress).Repeat(2_000_000, b => b.U8(1));
        Assert.Equal(["f_by_symbol:0"], new DwarfImage { Line = DwarfImage.LineProgram(endless) }.Resolve().Frames[0]);
    }

    [Fact]
    public void A_great_line_program_that_many_units_share_exceeds_the_work_limit()
    {
        Bytes rows = new Bytes().U8(0, 9, 2).U64(ElfImage.TextAddress).Repeat(1_000_000, b => b.U8(1)).U8(0, 1, 1);
        var image = new DwarfImage { Line = DwarfImage.LineProgram(rows) };
        // Each unit has a stretch of its own, so that each is asked.
        const int Units = 400;
        var addresses = new ulong[Units];
        for (int i = 0; i < Units; i++)
        {
            addresses[i] = ElfImage.TextAddress + (ulong)i * 8;
            image.Info.Counted(new Bytes().U16(4).U32(0).U8(8).Uleb(1).U64(addresses[i]).U32(8).U32(0).U8(0));
        }

        Hostile.Answer answer = Hostile.Read(image.ToElf().Build(), addresses)!;
        Assert.Contains(answer.Warnings, w => w.Contains("work limit", StringComparison.Ordinal));
        Assert.All(answer.Frames, f => Assert.StartsWith("f_by_symbol", f[^1], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 })]
    [InlineData(new byte[] { 2, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0, 4, 2, 1, 2, 3 })]
    public void Opcodes_that_lie_about_their_length_are_damage(byte[] opcodes)
    {
        Hostile.Answer answer = new DwarfImage { Line = DwarfImage.LineProgram(new Bytes().U8(opcodes)) }.Resolve();
        Assert.Equal(["f_by_symbol:0"], answer.Frames[0]);
        Assert.Single(answer.Warnings);
    }
}
