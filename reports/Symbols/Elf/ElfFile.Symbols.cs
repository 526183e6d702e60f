namespace MemTools.Reports.Symbols.Elf;

/// <content>Symbol tables as objects. The symbolizer reads the same tables without making an object per symbol.</content>
public sealed partial class ElfFile
{
    /// <summary>
    /// Symbols of <c>.dynsym</c> with versions; found through the dynamic section when there are no section headers.
    /// Enumerated lazily; the null symbol is left out.
    /// </summary>
    public IEnumerable<ElfSymbol> DynamicSymbols
    {
        get
        {
            ElfSection? table = FindSection(ElfSectionType.DynamicSymbols);
            return table is { HasData: true }
                ? Enumerate(table.Offset, table.Size, LinkedStrings(table), SymbolVersions())
                : DynamicSymbolsByTags();
        }
    }

    /// <summary>Symbols of <c>.symtab</c>; empty when the file is stripped. Enumerated lazily.</summary>
    public IEnumerable<ElfSymbol> Symbols
    {
        get
        {
            ElfSection? table = FindSection(ElfSectionType.SymbolTable);
            return table is { HasData: true, IsCompressed: false }
                ? Enumerate(table.Offset, table.Size, LinkedStrings(table), null)
                : [];
        }
    }

    /// <summary>True when <c>.dynsym</c> has a definition of that exact name (versions ignored).</summary>
    public bool DefinesDynamicSymbol(string name)
    {
        foreach (ElfSymbol symbol in DynamicSymbols)
        {
            if (symbol.IsDefined && symbol.Name == name)
                return true;
        }

        return false;
    }

    /// <summary>SHN_LORESERVE: from here on st_shndx is no index, unless it is given elsewhere.</summary>
    internal const uint ReservedIndices = 0xff00;

    /// <summary>SHN_XINDEX: the index is in the table of <see cref="SymbolSectionIndices"/>.</summary>
    internal const uint ExtendedIndex = 0xffff;

    /// <summary>Section indices of a symbol table's symbols, four bytes each; empty when all fit the symbols themselves.</summary>
    internal ReadOnlySpan<byte> SymbolSectionIndices(ElfSection table)
    {
        foreach (ElfSection section in sections)
        {
            if (section.Type == ElfSectionType.SymbolSectionIndices && section.Link == (uint)table.Index)
                return GetData(section);
        }

        return default;
    }

    internal int SymbolEntrySize => reader.Is64 ? 24 : 16;

    internal ElfSection? FindSection(ElfSectionType type)
    {
        foreach (ElfSection section in sections)
        {
            if (section.Type == type)
                return section;
        }

        return null;
    }

    /// <summary>Where the string table of a section lies (sh_link).</summary>
    internal (ulong Offset, ulong Size) LinkedStrings(ElfSection section)
    {
        if (section.Link >= (uint)sections.Length)
            return default;
        ElfSection strings = sections[section.Link];
        return strings is { HasData: true, IsCompressed: false } ? (strings.Offset, strings.Size) : default;
    }

    private IEnumerable<ElfSymbol> Enumerate(ulong offset, ulong size, (ulong Offset, ulong Size) strings, string?[]? versions)
    {
        int entry = SymbolEntrySize;
        int count = file.Slice(offset, size).Length / entry;
        var names = NameBudget.ForSymbols((long)Math.Min(strings.Size, (ulong)file.Length), count);
        for (int i = 1; i < count; i++)
            yield return SymbolAt(offset + (ulong)i * (ulong)entry, strings, versions is not null && i < versions.Length ? versions[i] : null, names);
    }

    private ElfSymbol SymbolAt(ulong offset, (ulong Offset, ulong Size) strings, string? version, NameBudget names)
    {
        ReadOnlySpan<byte> e = file.Slice(offset, (ulong)SymbolEntrySize);
        string name = names.TextAt(file.Slice(strings.Offset, strings.Size), reader.U32(e, 0));
        byte info = e[reader.Is64 ? 4 : 12];
        bool defined = reader.U16(e, reader.Is64 ? 6 : 14) != 0;
        ulong value = reader.Is64 ? reader.U64(e, 8) : reader.U32(e, 4);
        ulong size = reader.Is64 ? reader.U64(e, 16) : reader.U32(e, 8);
        return new ElfSymbol(name, value, size, (ElfSymbolType)(info & 15), (ElfSymbolBinding)(info >> 4), defined, version);
    }

    private IEnumerable<ElfSymbol> DynamicSymbolsByTags()
    {
        if (DynamicValue(DtSymTab) is not { } address || DynamicValue(DtStrTab) is not { } stringsAddress)
            return [];
        if (FileOffset(address) is not { } offset || FileOffset(stringsAddress) is not { } strings)
            return [];
        ulong count = CountByHash();
        ulong size = Math.Min(count * (ulong)SymbolEntrySize, (ulong)DataAtVirtualAddress(address).Length);
        return Enumerate(offset, size, (strings, (ulong)DynamicStrings().Length), SymbolVersions());
    }

    internal ulong? FileOffset(ulong virtualAddress)
    {
        foreach (ElfProgramHeader p in programHeaders)
        {
            if (p.Type == ElfSegmentType.Load && virtualAddress >= p.VirtualAddress && virtualAddress - p.VirtualAddress < p.FileSize)
                return p.Offset + (virtualAddress - p.VirtualAddress);
        }

        return null;
    }

    /// <summary>Number of dynamic symbols as the hash tables tell it: nothing else in the dynamic section does.</summary>
    private ulong CountByHash()
    {
        if (DynamicValue(DtHash) is { } hash && DataAtVirtualAddress(hash) is { Length: >= 8 } table)
            return reader.U32(table, 4);
        if (DynamicValue(DtGnuHash) is not { } gnu || DataAtVirtualAddress(gnu) is not { Length: >= 16 } data)
            return 0;
        ulong buckets = reader.U32(data, 0), first = reader.U32(data, 4), bloom = reader.U32(data, 8);
        ulong bucketsAt = 16 + bloom * (reader.Is64 ? 8u : 4u), chains = bucketsAt + buckets * 4;
        if (chains > (ulong)data.Length)
            return 0;
        ulong last = 0;
        for (ulong i = 0; i < buckets; i++)
            last = Math.Max(last, reader.U32(data, (int)(bucketsAt + i * 4)));
        if (last < first)
            return first;
        // The chain of the last bucket ends at the entry whose lowest bit is set.
        for (ulong at = chains + (last - first) * 4; at + 4 <= (ulong)data.Length; at += 4, last++)
        {
            if ((reader.U32(data, (int)at) & 1) != 0)
                return last + 1;
        }

        return last;
    }
}
