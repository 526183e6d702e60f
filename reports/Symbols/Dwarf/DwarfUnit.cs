namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>A unit of <c>.debug_info</c> or <c>.debug_types</c>: its header, and the attributes of its root DIE that others need.</summary>
internal sealed class DwarfUnit
{
    public const int UtCompile = 1, UtType = 2, UtPartial = 3, UtSkeleton = 4, UtSplitCompile = 5, UtSplitType = 6;

    private DwarfUnit(DwarfFile file, DataSection section, int start)
    {
        File = file;
        Section = section;
        Start = start;
    }

    public DwarfFile File { get; }

    /// <summary>The section that holds it, or in a package its contribution.</summary>
    public DataSection Section { get; }

    /// <summary>Offset of its header in <see cref="Section"/>; references within the unit count from here.</summary>
    public int Start { get; }

    /// <summary>Offset of the root DIE.</summary>
    public int FirstDie { get; private set; }

    /// <summary>Offset behind its last byte.</summary>
    public int End { get; private set; }

    public int Version { get; private set; }

    public int UnitType { get; private set; } = UtCompile;

    public int AddressSize { get; private set; }

    public int OffsetSize { get; private set; }

    public ulong AbbrevOffset { get; private set; }

    /// <summary>dwo_id of a skeleton or split unit.</summary>
    public ulong DwoId { get; set; }

    /// <summary>True for a unit of <c>.debug_types</c>, whose offsets are not those of <c>.debug_info</c>.</summary>
    public bool IsInTypesSection { get; private init; }

    /// <summary>Signature of a type unit.</summary>
    public ulong TypeSignature { get; private set; }

    public bool BigEndian => File.BigEndian;

    /// <summary>Where addresses by index come from: the skeleton's file for split units.</summary>
    public DataSection AddressTable { get; set; }

    public DataSection StrOffsets { get; set; }

    public DataSection AbbrevSection { get; set; }

    public DataSection RnglistsSection { get; set; }

    public DataSection RangesSection { get; set; }

    public ulong AddrBase { get; set; }

    public ulong StrOffsetsBase { get; set; }

    public ulong RnglistsBase { get; set; }

    public ulong RangesBase { get; set; }

    /// <summary>DW_AT_GNU_ranges_base of a skeleton: the base of its split unit's ranges.</summary>
    public ulong SplitRangesBase { get; set; }

    public bool HasRootAttributes { get; set; }

    /// <summary>DW_AT_low_pc of the root: the base of its range lists.</summary>
    public ulong BaseAddress { get; set; }

    /// <summary>True when it names a line program.</summary>
    public bool HasLines { get; set; }

    /// <summary>DW_AT_stmt_list.</summary>
    public ulong LineOffset { get; set; }

    public TextRef CompDir { get; set; }

    public TextRef Name { get; set; }

    public TextRef DwoName { get; set; }

    /// <summary>DW_AT_language.</summary>
    public int Language { get; set; }

    /// <summary>The unit in the main file that a split unit belongs to.</summary>
    public DwarfUnit? Skeleton { get; set; }

    /// <summary>Compiled abbreviations, once they were asked for.</summary>
    public AbbreviationTable? Abbreviations { get; set; }

    /// <summary>Reads the header at an offset.</summary>
    /// <exception cref="DwarfException">It is damaged or of an unknown version.</exception>
    public static DwarfUnit Parse(DwarfFile file, DataSection section, int offset, bool isTypesSection = false)
    {
        var unit = new DwarfUnit(file, section, offset) { IsInTypesSection = isTypesSection };
        var reader = new DwarfReader(section, offset, file.BigEndian);
        ulong length = reader.InitialLength(out bool is64);
        unit.OffsetSize = is64 ? 8 : 4;
        if (length > (ulong)reader.Remaining)
            throw new DwarfException($"the unit at 0x{offset:x} reaches beyond its section");
        unit.End = reader.Position + (int)length;
        unit.Version = reader.U16();
        if (unit.Version is < 2 or > 5)
            throw new DwarfException($"the unit at 0x{offset:x} has DWARF version {unit.Version}");
        if (unit.Version >= 5)
        {
            unit.UnitType = reader.U8();
            unit.AddressSize = reader.U8();
            unit.AbbrevOffset = is64 ? reader.U64() : reader.U32();
            if (unit.UnitType is UtSkeleton or UtSplitCompile)
                unit.DwoId = reader.U64();
        }
        else
        {
            unit.AbbrevOffset = is64 ? reader.U64() : reader.U32();
            unit.AddressSize = reader.U8();
            if (isTypesSection)
                unit.UnitType = UtType;
        }

        if (unit.UnitType is UtType or UtSplitType)
        {
            unit.TypeSignature = reader.U64();
            reader.Skip((uint)unit.OffsetSize);
        }

        if (unit.AddressSize is not (2 or 4 or 8))
            throw new DwarfException($"the unit at 0x{offset:x} has addresses of {unit.AddressSize} bytes");
        unit.FirstDie = reader.Position;
        if (unit.FirstDie > unit.End)
            throw new DwarfException($"the unit at 0x{offset:x} ends inside its header");
        unit.AddressTable = file.IsSplit ? default : file.Addr;
        unit.StrOffsets = file.StrOffsets;
        unit.AbbrevSection = file.Abbrev;
        unit.RnglistsSection = file.Rnglists;
        unit.RangesSection = file.Ranges;
        return unit;
    }

    /// <summary>Offset of the next unit's header after the one at <paramref name="offset"/>, from its length alone.</summary>
    public static int NextOffset(DataSection section, int offset, bool bigEndian)
    {
        var reader = new DwarfReader(section, offset, bigEndian);
        ulong length = reader.InitialLength(out _);
        if (length > (ulong)reader.Remaining)
            throw new DwarfException($"the unit at 0x{offset:x} reaches beyond its section");
        return reader.Position + (int)length;
    }

    /// <summary>The text of a string form; empty when it is not one or its table is missing.</summary>
    public ReadOnlySpan<byte> Text(TextRef text) => Text(text.Form, text.Value);

    /// <summary>The text of a string form; empty when it is not one or its table is missing.</summary>
    public ReadOnlySpan<byte> Text(int form, ulong value) => form switch
    {
        DwForm.String => Section.Text(value),
        DwForm.Strp => File.Str.Text(value),
        DwForm.LineStrp => File.LineStr.Text(value),
        DwForm.StrpSup or DwForm.GnuStrpAlt => File.Supplementary is { } s ? s.Str.Text(value) : default,
        DwForm.Strx or DwForm.Strx1 or DwForm.Strx2 or DwForm.Strx3 or DwForm.Strx4 or DwForm.GnuStrIndex => IndexedText(value),
        _ => default,
    };

    /// <summary>The address of an address form, resolving indices.</summary>
    /// <exception cref="DwarfException">The index lies outside its table.</exception>
    public ulong Address(int form, ulong value) => form switch
    {
        DwForm.Addrx or DwForm.Addrx1 or DwForm.Addrx2 or DwForm.Addrx3 or DwForm.Addrx4 or DwForm.GnuAddrIndex => IndexedAddress(value),
        _ => value,
    };

    /// <summary>An entry of the address table.</summary>
    public ulong IndexedAddress(ulong index)
    {
        if (index > int.MaxValue)
            throw new DwarfException($"address index {index} lies outside its table");
        DataSection entry = AddressTable.Part(checked(AddrBase + index * (ulong)AddressSize), (ulong)AddressSize);
        return new DwarfReader(entry, 0, BigEndian).Sized(AddressSize);
    }

    private ReadOnlySpan<byte> IndexedText(ulong index)
    {
        if (index > int.MaxValue)
            return default;
        DataSection entry = StrOffsets.Part(checked(StrOffsetsBase + index * (ulong)OffsetSize), (ulong)OffsetSize);
        return File.Str.Text(new DwarfReader(entry, 0, BigEndian).Sized(OffsetSize));
    }
}
