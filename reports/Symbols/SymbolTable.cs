using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Function symbols by address. An address belongs to a symbol only within the symbol's size; a symbol without a size (assembly) reaches
/// to the next symbol of a full symbol table, or to the end of its section. Anything else has no name rather than its neighbour's.
/// </summary>
internal sealed class SymbolTable
{
    private readonly ulong[] starts;
    private readonly Entry[] entries;
    private readonly ulong[] reach;

    private SymbolTable(List<Entry> list)
    {
        // By address; at one address the largest, and of equals the last in the table (global after local) comes last.
        list.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Size != b.Size ? a.Size.CompareTo(b.Size) : a.Order.CompareTo(b.Order));
        int n = 0;
        entries = new Entry[list.Count];
        for (int i = 0; i < list.Count; i++)
        {
            if (i + 1 == list.Count || list[i + 1].Start != list[i].Start)
                entries[n++] = list[i];
        }

        Array.Resize(ref entries, n);
        starts = new ulong[n];
        reach = new ulong[n];
        ulong furthest = 0;
        for (int i = 0; i < n; i++)
        {
            ref Entry e = ref entries[i];
            if (e.Size == 0)
                e.Size = e.Limit > e.Start ? (i + 1 < n ? Math.Min(entries[i + 1].Start, e.Limit) : e.Limit) - e.Start : 0;
            starts[i] = e.Start;
            reach[i] = furthest = Math.Max(furthest, unchecked(e.Start + e.Size) < e.Start ? ulong.MaxValue : e.Start + e.Size);
        }
    }

    public int Count => entries.Length;

    /// <summary>Reads the tables of the files, the best first. A file's addresses are corrected by its bias (prelink).</summary>
    public static SymbolTable Read(IEnumerable<(ElfFile Elf, ElfSectionType Table, ulong Bias)> sources, List<SyntheticSymbol> synthetic)
    {
        var list = new List<Entry>();
        foreach ((ElfFile elf, ElfSectionType table, ulong bias) in sources)
            Add(elf, table, bias, list);
        foreach (SyntheticSymbol s in synthetic)
            list.Add(new Entry { Start = s.Start, Size = s.Size, Synthetic = s.Name, Order = -1 });
        return new SymbolTable(list);
    }

    /// <summary>Index of the symbol an address belongs to, or -1.</summary>
    public int Find(ulong address)
    {
        int i = Array.BinarySearch(starts, address);
        if (i < 0)
            i = ~i - 1;
        // Symbols may lie within others (entry points inside an assembly function).
        for (int steps = 0; i >= 0 && reach[i] > address && steps < 16; i--, steps++)
        {
            if (address - entries[i].Start < entries[i].Size)
                return i;
        }

        return -1;
    }

    /// <summary>Address of a symbol.</summary>
    public ulong Start(int index) => entries[index].Start;

    /// <summary>Mangled name, without version.</summary>
    public ReadOnlySpan<byte> Name(int index)
    {
        ref Entry e = ref entries[index];
        return e.Synthetic is not null ? e.Synthetic : ElfReader.StringAt(e.Strings.Span, e.NameOffset);
    }

    /// <summary>Number of the symbol's name in a store, remembered.</summary>
    public int NameNumber(int index, SymbolStore store, SymbolStore.NameBuffer buffer)
    {
        ref int number = ref entries[index].NameNumber;
        if (number == 0)
            number = store.AddName(Name(index), buffer);
        return number;
    }

    private static void Add(ElfFile elf, ElfSectionType type, ulong bias, List<Entry> list)
    {
        if (elf.FindSection(type) is not { HasData: true, IsCompressed: false } section)
            return;
        ElfReader reader = elf.Reader;
        (ulong stringsOffset, ulong stringsSize) = elf.LinkedStrings(section);
        var strings = new Dwarf.DataSection(elf.File.Slice(stringsOffset, stringsSize));
        ReadOnlySpan<byte> table = elf.GetData(section);
        int size = elf.SymbolEntrySize;
        bool full = type == ElfSectionType.SymbolTable;
        bool arm = elf.Machine == ElfMachine.Arm;
        for (int at = size; at + size <= table.Length; at += size)
        {
            ReadOnlySpan<byte> e = table.Slice(at, size);
            int kind = e[reader.Is64 ? 4 : 12] & 15;
            if (kind is not ((int)ElfSymbolType.Function or (int)ElfSymbolType.IndirectFunction or (int)ElfSymbolType.NoType))
                continue;
            int home = reader.U16(e, reader.Is64 ? 6 : 14);
            if (home is 0 or >= 0xff00 and not 0xffff)
                continue;
            ElfSection? owner = home < elf.Sections.Count ? elf.Sections[home] : null;
            uint name = reader.U32(e, 0);
            ulong value = reader.Is64 ? reader.U64(e, 8) : reader.U32(e, 4);
            ulong length = reader.Is64 ? reader.U64(e, 16) : reader.U32(e, 8);
            if (owner is { IsExecutable: false } || value == 0)
                continue;
            if (kind == (int)ElfSymbolType.NoType)
            {
                // Labels of assembly count; ARM's mapping symbols ($x, $d) and local labels do not.
                ReadOnlySpan<byte> text = ElfReader.StringAt(strings.Span, name);
                if (!full || text.IsEmpty || text[0] is (byte)'$' or (byte)'.')
                    continue;
            }
            else if (arm)
            {
                value &= ~1UL;
            }

            ulong limit = full && owner is not null ? unchecked(owner.Address + owner.Size + bias) : 0;
            list.Add(new Entry
            {
                Start = unchecked(value + bias), Size = length, Limit = limit, Strings = strings, NameOffset = name, Order = list.Count,
            });
        }
    }

    private struct Entry
    {
        public ulong Start, Size, Limit;
        public Dwarf.DataSection Strings;
        public byte[]? Synthetic;
        public uint NameOffset;
        public int Order, NameNumber;
    }
}

/// <summary>A symbol that no table holds: a PLT entry.</summary>
internal readonly record struct SyntheticSymbol(ulong Start, ulong Size, byte[] Name);
