namespace MemTools.Tests.Symbols.Hostile;

/// <summary>A file with DWARF 4: one unit of one function <c>f</c> over the whole of <c>.text</c>, unless a test puts other parts in its place.</summary>
internal sealed class DwarfImage
{
    public const ulong Subprogram = 0x2e, Inlined = 0x1d, CompileUnit = 0x11, LexicalBlock = 0x0b, PartialUnit = 0x3c, ImportedUnit = 0x3d;
    public const ulong Name = 0x03, StmtList = 0x10, LowPc = 0x11, HighPc = 0x12, Origin = 0x31, Specification = 0x47, Ranges = 0x55, Import = 0x18;
    public const ulong Addr = 0x01, Data4 = 0x06, String = 0x08, RefAddr = 0x10, Ref4 = 0x13, SecOffset = 0x17, FlagPresent = 0x19, ImplicitConst = 0x21;

    /// <summary>Offset of the first DIE behind a unit's header of DWARF 4.</summary>
    public const int UnitHeader = 11;

    /// <summary>Bytes of the root that <see cref="Root"/> writes.</summary>
    public const int RootSize = 1 + 8 + 4 + 4;

    /// <summary>Abbreviation 1, the root: low_pc, high_pc, stmt_list; 2, a function: name, low_pc, high_pc, no children; then those of the test.</summary>
    public Bytes Abbreviations { get; } = new Bytes().Uleb(1, CompileUnit).U8(1).Uleb(LowPc, Addr, HighPc, Data4, StmtList, SecOffset, 0, 0)
        .Uleb(2, Subprogram).U8(0).Uleb(Name, String, LowPc, Addr, HighPc, Data4, 0, 0);

    /// <summary>.debug_info.</summary>
    public Bytes Info { get; } = new();

    /// <summary>.debug_line; a program of one row, line 7, unless set.</summary>
    public Bytes Line { get; set; } = LineProgram(Row(7));

    /// <summary>.debug_ranges.</summary>
    public Bytes RangeLists { get; set; } = new();

    /// <summary>Whether the symbol table knows <c>f_by_symbol</c>.</summary>
    public bool HasSymbol { get; init; } = true;

    /// <summary>Declares an abbreviation of the test's own.</summary>
    public DwarfImage Declare(ulong code, ulong tag, bool children, params ulong[] namesAndForms)
    {
        Abbreviations.Uleb(code, tag).U8(children ? (byte)1 : (byte)0).Uleb(namesAndForms).Uleb(0, 0);
        return this;
    }

    /// <summary>The root's DIE.</summary>
    public static Bytes Root() => new Bytes().Uleb(1).U64(ElfImage.TextAddress).U32(ElfImage.TextSize).U32(0);

    /// <summary>The function's DIE.</summary>
    public static Bytes Function(string name = "f") => new Bytes().Uleb(2).Text(name).U64(ElfImage.TextAddress).U32(ElfImage.TextSize);

    /// <summary>A unit: header, the root, what is in it, the end.</summary>
    public static Bytes Unit(Bytes content) =>
        new Bytes().Counted(new Bytes().U16(4).U32(0).U8(8).Append(Root()).Append(content).U8(0));

    /// <summary>A line program of version 4 with one file, its opcodes those given.</summary>
    public static Bytes LineProgram(Bytes opcodes)
    {
        Bytes tables = new Bytes().U8(1, 1, 1, 0xfb, 14, 13).U8(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1).U8(0).Text("f.c").Uleb(0, 0, 0).U8(0);
        return new Bytes().Counted(new Bytes().U16(4).Counted(tables).Append(opcodes));
    }

    /// <summary>A sequence from the start to the end of the text with one row.</summary>
    public static Bytes Row(ulong line) => new Bytes().U8(0, 9, 2).U64(ElfImage.TextAddress).U8(3).Uleb(line - 1).U8(1).U8(2).Uleb(ElfImage.TextSize).U8(0, 1, 1);

    public ElfImage ToElf()
    {
        var image = new ElfImage();
        image.Add(".debug_abbrev", new Bytes().Append(Abbreviations).U8(0).ToArray());
        image.Add(".debug_info", (Info.Count > 0 ? Info : Unit(Function())).ToArray());
        image.Add(".debug_line", Line.ToArray());
        image.Add(".debug_ranges", RangeLists.ToArray());
        if (HasSymbol)
            image.AddFunctions(("f_by_symbol", ElfImage.TextAddress, ElfImage.TextSize, 1));
        return image;
    }

    public Hostile.Answer Resolve() => Hostile.Read(ToElf().Build(), ElfImage.TextAddress + 4)!;
}
