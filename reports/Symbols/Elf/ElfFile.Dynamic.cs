namespace MemTools.Reports.Symbols.Elf;

/// <content>The dynamic section: what the loader is told.</content>
public sealed partial class ElfFile
{
    private const ulong DtNeeded = 1, DtHash = 4, DtStrTab = 5, DtSymTab = 6, DtStrSize = 10, DtSoname = 14, DtRpath = 15, DtRunPath = 29;
    private const ulong DtFlags1 = 0x6ffffffb, DtGnuHash = 0x6ffffef5, DtVerNeed = 0x6ffffffe, DtVerNeedCount = 0x6fffffff, DtVerSym = 0x6ffffff0;
    private const ulong DtVerDef = 0x6ffffffc, DtVerDefCount = 0x6ffffffd;
    private const ulong Df1Pie = 0x08000000;

    private List<(ulong Tag, ulong Value)>? dynamic;

    /// <summary>Path of the program interpreter (the dynamic loader); null for shared libraries and static programs.</summary>
    public string? Interpreter
    {
        get
        {
            foreach (ElfProgramHeader p in programHeaders)
            {
                if (p.Type == ElfSegmentType.Interpreter)
                    return ElfReader.TextAt(file.Slice(p.Offset, p.FileSize), 0) is { Length: > 0 } path ? path : null;
            }

            return null;
        }
    }

    /// <summary>DT_NEEDED, in order.</summary>
    public IReadOnlyList<string> NeededLibraries
    {
        get
        {
            ReadOnlySpan<byte> strings = DynamicStrings();
            var names = NameBudget.For(strings.Length, Dynamic().Count);
            var result = new List<string>();
            foreach ((ulong tag, ulong value) in Dynamic())
            {
                if (tag == DtNeeded)
                    result.Add(names.TextAt(strings, value));
            }

            return result;
        }
    }

    /// <summary>DT_SONAME; null when absent.</summary>
    public string? Soname => DynamicText(DtSoname);

    /// <summary>DT_RUNPATH, or else the older DT_RPATH; null when absent. Colon-separated, may hold <c>$ORIGIN</c>.</summary>
    public string? RunPath => DynamicText(DtRunPath) ?? DynamicText(DtRpath);

    /// <summary>True when the file has a dynamic section.</summary>
    public bool HasDynamicSection => Dynamic().Count > 0;

    /// <summary>A position-independent program (DF_1_PIE, or ET_DYN with an interpreter and an entry point but no soname).</summary>
    public bool IsPositionIndependentExecutable =>
        Type == ElfType.Dynamic && ((DynamicValue(DtFlags1) ?? 0) & Df1Pie) != 0
        || Type == ElfType.Dynamic && Interpreter is not null && Soname is null && EntryPoint != 0;

    /// <summary>
    /// A program that no dynamic loader starts, so that LD_PRELOAD has no effect on it: ET_EXEC, or a static PIE, without PT_INTERP.
    /// </summary>
    public bool IsStatic => Interpreter is null
        && (Type == ElfType.Executable || Type == ElfType.Dynamic && ((DynamicValue(DtFlags1) ?? 0) & Df1Pie) != 0);

    /// <summary>
    /// The file bytes that a loaded virtual address comes from, to the end of that segment's file content; empty when no segment holds it.
    /// </summary>
    public ReadOnlySpan<byte> DataAtVirtualAddress(ulong address)
    {
        foreach (ElfProgramHeader p in programHeaders)
        {
            if (p.Type == ElfSegmentType.Load && address >= p.VirtualAddress && address - p.VirtualAddress < p.FileSize)
            {
                ulong skip = address - p.VirtualAddress;
                return p.Offset > ulong.MaxValue - skip ? default : file.Slice(p.Offset + skip, p.FileSize - skip);
            }
        }

        return default;
    }

    private List<(ulong Tag, ulong Value)> Dynamic()
    {
        if (dynamic is not null)
            return dynamic;
        ReadOnlySpan<byte> data = default;
        foreach (ElfProgramHeader p in programHeaders)
        {
            if (p.Type == ElfSegmentType.Dynamic)
                data = file.Slice(p.Offset, p.FileSize);
        }

        // A separate debug file keeps the program header but not the bytes; there the section is NOBITS.
        foreach (ElfSection s in sections)
        {
            if (s.Type == ElfSectionType.Dynamic)
                data = GetData(s);
            else if (s is { Type: ElfSectionType.NoBits, Name: ".dynamic" })
                data = default;
        }

        var result = new List<(ulong, ulong)>();
        int size = reader.Is64 ? 16 : 8;
        for (int at = 0; at + size <= data.Length && result.Count < ElfLimits.MaxDynamicEntries; at += size)
        {
            ulong tag = reader.Word(data, at);
            if (tag == 0)
                break;
            result.Add((tag, reader.Word(data, at + size / 2)));
        }

        return dynamic = result;
    }

    private ulong? DynamicValue(ulong tag)
    {
        foreach ((ulong t, ulong value) in Dynamic())
        {
            if (t == tag)
                return value;
        }

        return null;
    }

    private string? DynamicText(ulong tag) =>
        DynamicValue(tag) is { } offset && ElfReader.TextAt(DynamicStrings(), offset) is { Length: > 0 } text ? text : null;

    private ReadOnlySpan<byte> DynamicStrings()
    {
        if (DynamicValue(DtStrTab) is not { } address)
            return default;
        ReadOnlySpan<byte> data = DataAtVirtualAddress(address);
        ulong size = DynamicValue(DtStrSize) ?? (ulong)data.Length;
        return size < (ulong)data.Length ? data[..(int)size] : data;
    }
}
