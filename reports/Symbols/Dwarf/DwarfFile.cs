using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The DWARF sections of one ELF file. Sections are taken (and inflated) when first asked for. A split unit's file
/// (<c>.dwo</c>, <c>.dwp</c>) takes addresses from the file of its skeleton.
/// </summary>
internal sealed class DwarfFile
{
    private readonly Dictionary<string, Lazy<DataSection>> sections = [];
    private readonly string suffix;
    private UnitIndex? units;

    public DwarfFile(ElfFile elf, bool isSplit = false)
    {
        Elf = elf;
        IsSplit = isSplit;
        suffix = isSplit ? ".dwo" : "";
        foreach (string name in (ReadOnlySpan<string>)["info", "types", "abbrev", "str", "line_str", "line", "ranges", "rnglists", "addr", "str_offsets", "aranges"])
            sections[name] = new Lazy<DataSection>(() => new DataSection(elf.GetData(".debug_" + name + suffix)));
    }

    public ElfFile Elf { get; }

    public bool IsSplit { get; }

    public bool BigEndian => Elf.ByteOrder == ElfByteOrder.BigEndian;

    public DataSection Info => sections["info"].Value;

    public DataSection Types => sections["types"].Value;

    public DataSection Abbrev => sections["abbrev"].Value;

    public DataSection Str => sections["str"].Value;

    public DataSection LineStr => sections["line_str"].Value;

    public DataSection Line => sections["line"].Value;

    public DataSection Ranges => sections["ranges"].Value;

    public DataSection Rnglists => sections["rnglists"].Value;

    public DataSection Addr => sections["addr"].Value;

    public DataSection StrOffsets => sections["str_offsets"].Value;

    public DataSection Aranges => sections["aranges"].Value;

    /// <summary>The supplementary file of dwz; null when there is none or it was not found.</summary>
    public DwarfFile? Supplementary { get; set; }

    /// <summary>Where its units start.</summary>
    public UnitIndex Units => units ??= new UnitIndex(this);

    /// <summary>True when the file has DIEs at all.</summary>
    public static bool HasDwarf(ElfFile elf) =>
        (elf.FindSection(".debug_info") ?? elf.FindSection(".zdebug_info")) is { HasData: true };
}
