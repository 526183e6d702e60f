namespace MemTools.Reports.Symbols.Elf;

/// <content>GNU symbol versions (LSB Core, "Symbol Versioning").</content>
public sealed partial class ElfFile
{
    private const int HiddenVersion = 0x8000;

    /// <summary>Library name → the versions of it that this file needs, for example <c>libc.so.6</c> → <c>GLIBC_2.34</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> VersionNeeds
    {
        get
        {
            var result = new Dictionary<string, IReadOnlyList<string>>();
            foreach ((string library, string version, _) in Needs())
            {
                if (!result.TryGetValue(library, out IReadOnlyList<string>? list))
                    result[library] = list = new List<string>();
                ((List<string>)list).Add(version);
            }

            return result;
        }
    }

    /// <summary>Versions that this file defines, for example <c>GLIBC_2.2.5</c>; the base version (the soname) is left out.</summary>
    public IReadOnlyList<string> VersionDefinitions
    {
        get
        {
            var result = new List<string>();
            foreach ((string name, _, bool isBase) in Definitions())
            {
                if (!isBase)
                    result.Add(name);
            }

            return result;
        }
    }

    /// <summary>Version text per dynamic symbol index; null when the file has no versions.</summary>
    private string?[]? SymbolVersions()
    {
        ReadOnlySpan<byte> table = FindSection(ElfSectionType.GnuVersionSymbols) is { HasData: true } section
            ? GetData(section)
            : DynamicValue(DtVerSym) is { } address ? DataAtVirtualAddress(address) : default;
        if (table.IsEmpty)
            return null;
        var names = new Dictionary<int, string>();
        foreach ((_, string version, int index) in Needs())
            names[index] = version;
        foreach ((string name, int index, bool isBase) in Definitions())
        {
            if (!isBase)
                names[index] = name;
        }

        // Without section headers the table has no size of its own; dynamic symbols are bounded elsewhere.
        var result = new string?[Math.Min(table.Length / 2, 1 << 24)];
        for (int i = 0; i < result.Length; i++)
        {
            int index = reader.U16(table, i * 2) & ~HiddenVersion;
            if (index > 1)
                result[i] = names.GetValueOrDefault(index);
        }

        return result;
    }

    private List<(string Library, string Version, int Index)> Needs()
    {
        var result = new List<(string, string, int)>();
        ReadOnlySpan<byte> data = VersionTable(ElfSectionType.GnuVersionNeeds, DtVerNeed, out ReadOnlySpan<byte> strings);
        var names = NameBudget.For(strings.Length, data.Length / 16);
        long at = 0;
        while (at + 16 <= data.Length && result.Count < ElfLimits.MaxVersionEntries)
        {
            int count = reader.U16(data, (int)at + 2);
            string library = names.TextAt(strings, reader.U32(data, (int)at + 4));
            long aux = at + reader.U32(data, (int)at + 8);
            for (int i = 0; i < count && aux + 16 <= data.Length && result.Count < ElfLimits.MaxVersionEntries; i++)
            {
                int index = reader.U16(data, (int)aux + 6) & ~HiddenVersion;
                result.Add((library, names.TextAt(strings, reader.U32(data, (int)aux + 8)), index));
                uint step = reader.U32(data, (int)aux + 12);
                if (step == 0)
                    break;
                aux += step;
            }

            uint next = reader.U32(data, (int)at + 12);
            if (next == 0)
                break;
            at += next;
        }

        return result;
    }

    private List<(string Name, int Index, bool IsBase)> Definitions()
    {
        var result = new List<(string, int, bool)>();
        ReadOnlySpan<byte> data = VersionTable(ElfSectionType.GnuVersionDefinitions, DtVerDef, out ReadOnlySpan<byte> strings);
        var names = NameBudget.For(strings.Length, data.Length / 16);
        long at = 0;
        while (at + 20 <= data.Length && result.Count < ElfLimits.MaxVersionEntries)
        {
            bool isBase = (reader.U16(data, (int)at + 2) & 1) != 0;
            int index = reader.U16(data, (int)at + 4) & ~HiddenVersion;
            long aux = at + reader.U32(data, (int)at + 12);
            if (aux + 8 <= data.Length)
                result.Add((names.TextAt(strings, reader.U32(data, (int)aux)), index, isBase));
            uint next = reader.U32(data, (int)at + 16);
            if (next == 0)
                break;
            at += next;
        }

        return result;
    }

    private ReadOnlySpan<byte> VersionTable(ElfSectionType type, ulong tag, out ReadOnlySpan<byte> strings)
    {
        if (FindSection(type) is { HasData: true } section)
        {
            (ulong offset, ulong size) = LinkedStrings(section);
            strings = file.Slice(offset, size);
            return GetData(section);
        }

        strings = DynamicStrings();
        return DynamicValue(tag) is { } address ? DataAtVirtualAddress(address) : default;
    }
}
