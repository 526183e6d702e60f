using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The DWARF sections of one ELF file. Sections are taken (and inflated) when first asked for. A split unit's file
/// (<c>.dwo</c>, <c>.dwp</c>) takes addresses from the file of its skeleton.
/// </summary>
internal sealed class DwarfFile
{
    /// <summary>Below this unpacking takes less than starting a thread.</summary>
    private const int WorthAThread = 1 << 20;

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

    private string InfoName => IsSplit ? ".debug_info.dwo" : ".debug_info";

    public bool BigEndian => Elf.ByteOrder == ElfByteOrder.BigEndian;

    public DataSection Info => info.Data;

    /// <summary>Length of <see cref="Info"/>, without taking it.</summary>
    public int InfoLength => Elf.GetDataLength(InfoName);

    /// <summary>Starts to inflate <c>.debug_info</c>; null when it is not compressed, was taken already, or cannot be inflated.</summary>
    public SectionInflater? TryInflateInfo() => Elf.TryInflate(InfoName);

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

    /// <summary>Takes the sections that are read in any case, on two threads when they must be unpacked.</summary>
    public void TakeSections(int threads)
    {
        if (InfoLength < WorthAThread || (Elf.FindSection(InfoName) ?? Elf.FindSection(".z" + InfoName[1..])) is not { IsCompressed: true })
            return;
        Workers.Run(Math.Min(2, threads), worker =>
        {
            if (worker == 0)
                _ = info.Data;
            else
                _ = (abbrev.Data, line.Data, str.Data, rnglists.Data);
        });
    }

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
