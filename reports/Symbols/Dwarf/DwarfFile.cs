using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The DWARF sections of one ELF file. Sections are taken (and inflated) when first asked for. A split unit's file
/// (<c>.dwo</c>, <c>.dwp</c>) takes addresses from the file of its skeleton.
/// </summary>
internal sealed class DwarfFile
{
    private readonly DwarfSection info, types, abbrev, str, lineStr, line, ranges, rnglists, addr, strOffsets, aranges;
    private UnitIndex? units;

    public DwarfFile(ElfFile elf, bool isSplit = false)
    {
        Elf = elf;
        IsSplit = isSplit;
        string suffix = isSplit ? ".dwo" : "";
        info = new(elf, ".debug_info" + suffix);
        types = new(elf, ".debug_types" + suffix);
        abbrev = new(elf, ".debug_abbrev" + suffix);
        str = new(elf, ".debug_str" + suffix);
        lineStr = new(elf, ".debug_line_str" + suffix);
        line = new(elf, ".debug_line" + suffix);
        ranges = new(elf, ".debug_ranges" + suffix);
        rnglists = new(elf, ".debug_rnglists" + suffix);
        addr = new(elf, ".debug_addr" + suffix);
        strOffsets = new(elf, ".debug_str_offsets" + suffix);
        aranges = new(elf, ".debug_aranges" + suffix);
    }

    public ElfFile Elf { get; }

    public bool IsSplit { get; }

    public bool BigEndian => Elf.ByteOrder == ElfByteOrder.BigEndian;

    public DataSection Info => info.Data;

    public DataSection Types => types.Data;

    public DataSection Abbrev => abbrev.Data;

    public DataSection Str => str.Data;

    public DataSection LineStr => lineStr.Data;

    public DataSection Line => line.Data;

    public DataSection Ranges => ranges.Data;

    public DataSection Rnglists => rnglists.Data;

    public DataSection Addr => addr.Data;

    public DataSection StrOffsets => strOffsets.Data;

    public DataSection Aranges => aranges.Data;

    /// <summary>True for the file that dwz moved common parts to.</summary>
    public bool IsSupplementary { get; init; }

    /// <summary>The supplementary file of dwz; null when there is none or it was not found.</summary>
    public DwarfFile? Supplementary { get; set; }

    /// <summary>Where its units start.</summary>
    public UnitIndex Units => units ??= new UnitIndex(this);

    /// <summary>True when the file has DIEs at all.</summary>
    public static bool HasDwarf(ElfFile elf) =>
        (elf.FindSection(".debug_info") ?? elf.FindSection(".zdebug_info")) is { HasData: true };
}

/// <summary>A section, taken when first asked for.</summary>
internal sealed class DwarfSection(ElfFile elf, string name)
{
    private readonly Lock gate = new();
    private DataSection data;
    private volatile bool taken;

    public DataSection Data
    {
        get
        {
            if (taken)
                return data;
            lock (gate)
            {
                if (!taken)
                    data = new DataSection(elf.GetData(name));
                taken = true;
                return data;
            }
        }
    }
}
