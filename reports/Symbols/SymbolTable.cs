using MemTools.Reports.Symbols.Collections;
using MemTools.Reports.Symbols.Dwarf;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Function symbols by address. An address belongs to a symbol only within the symbol's size; a symbol without a size (assembly) reaches
/// to the next symbol of a full symbol table, or to the end of its section. Anything else has no name rather than its neighbour's.
/// </summary>
internal sealed class SymbolTable
{
    private const int MaxStepsBack = 16;

    private readonly Rows<Symbol> symbols = new(1024);
    private ulong[] starts = [];
    private ulong[] reach = [];
    private SymbolStore? numbered;

    public int Count => symbols.Count;

    /// <summary>Adds the function symbols of a table; its addresses are corrected by a bias (prelink). Nothing can be found before <see cref="Seal"/>.</summary>
    public void Add(ElfFile elf, ElfSectionType type, ulong bias)
    {
        if (elf.FindSection(type) is not { HasData: true, IsCompressed: false } section)
            return;
        ElfReader reader = elf.Reader;
        (ulong stringsOffset, ulong stringsSize) = elf.LinkedStrings(section);
        var strings = new DataSection(elf.File.Slice(stringsOffset, stringsSize));
        var table = new DataSection(elf.GetData(section));
        int size = elf.SymbolEntrySize;
        bool full = type == ElfSectionType.SymbolTable;
        ReadOnlySpan<byte> homes = elf.SymbolSectionIndices(section);
        DataSection file = default;
        for (int at = size; at + size <= table.Length; at += size)
        {
            ReadOnlySpan<byte> e = table.Part((ulong)at, (ulong)size).Span;
            int info = e[reader.Is64 ? 4 : 12], kind = info & 15;
            uint name = reader.U32(e, 0);
            if (kind == (int)ElfSymbolType.File)
                file = name < (uint)strings.Length ? strings.Part(name, (ulong)strings.Length - name) : default;
            if (kind is not ((int)ElfSymbolType.Function or (int)ElfSymbolType.IndirectFunction or (int)ElfSymbolType.NoType))
                continue;
            uint home = reader.U16(e, reader.Is64 ? 6 : 14);
            bool isExtended = home == ElfFile.ExtendedIndex && at / size * 4 + 4 <= homes.Length;
            if (isExtended)
                home = reader.U32(homes, at / size * 4);
            ElfSection? owner = home < (uint)elf.Sections.Count && (isExtended || home < ElfFile.ReservedIndices) ? elf.Sections[(int)home] : null;
            ulong value = reader.Is64 ? reader.U64(e, 8) : reader.U32(e, 4);
            if (home == 0 || !isExtended && home is >= ElfFile.ReservedIndices and not ElfFile.ExtendedIndex || owner is { IsExecutable: false } || value == 0)
                continue;
            if (kind == (int)ElfSymbolType.NoType && !(full && IsLabel(strings.Text(name))))
                continue;
            if (elf.Machine == ElfMachine.Arm)
                value &= ~1UL;
            symbols.Add(new Symbol
            {
                Start = unchecked(value + bias),
                Size = reader.Is64 ? reader.U64(e, 16) : reader.U32(e, 8),
                Limit = full && owner is not null ? unchecked(owner.Address + owner.Size + bias) : 0,
                Strings = strings,
                NameOffset = name,
                // A local symbol belongs to the file symbol before it.
                File = info >> 4 == (int)ElfSymbolBinding.Local ? file : default,
            });
        }
    }

    /// <summary>Adds a symbol that no table holds: a PLT entry.</summary>
    public void Add(ulong start, ulong size, byte[] name) => symbols.Add(new Symbol { Start = start, Size = size, Synthetic = name });

    /// <summary>Sorts: by address; at one address the largest counts, and of equals the last added (global after local).</summary>
    public void Seal()
    {
        int n = symbols.Count;
        var keys = new ulong[n];
        for (int i = 0; i < n; i++)
            keys[i] = symbols[i].Start;
        int[] order = RadixSort.Positions(n);
        RadixSort.Sort(keys, order, n);
        var sorted = new Symbol[n];
        int kept = 0;
        for (int i = 0; i < n; i++)
        {
            ref Symbol next = ref symbols[order[i]];
            if (kept > 0 && sorted[kept - 1].Start == next.Start)
            {
                if (next.Size >= sorted[kept - 1].Size)
                    sorted[kept - 1] = next;
            }
            else
            {
                sorted[kept++] = next;
            }
        }

        symbols.Clear();
        starts = new ulong[kept];
        reach = new ulong[kept];
        ulong furthest = 0;
        for (int i = 0; i < kept; i++)
        {
            ref Symbol s = ref sorted[i];
            if (s.Size == 0 && s.Limit > s.Start)
                s.Size = (i + 1 < kept ? Math.Min(sorted[i + 1].Start, s.Limit) : s.Limit) - s.Start;
            starts[i] = s.Start;
            reach[i] = furthest = Math.Max(furthest, unchecked(s.Start + s.Size) < s.Start ? ulong.MaxValue : s.Start + s.Size);
            symbols.Add(s);
        }
    }

    /// <summary>Index of the symbol an address belongs to, or -1.</summary>
    public int Find(ulong address)
    {
        int i = RadixSort.LowerBound(starts, 0, starts.Length, address);
        if (i == starts.Length || starts[i] != address)
            i--;
        // Symbols may lie within others (entry points inside an assembly function).
        for (int steps = 0; i >= 0 && reach[i] > address && steps < MaxStepsBack; i--, steps++)
        {
            if (address - symbols[i].Start < symbols[i].Size)
                return i;
        }

        return -1;
    }

    /// <summary>Where a symbol starts.</summary>
    public ulong Start(int index) => starts[index];

    /// <summary>Forgets the numbers of another store.</summary>
    public void Use(SymbolStore store)
    {
        if (ReferenceEquals(numbered, store))
            return;
        numbered = store;
        for (int i = 0; i < symbols.Count; i++)
            symbols[i].NameNumber = 0;
    }

    /// <summary>Number of the symbol's name in the store in use, remembered.</summary>
    public int NameNumber(int index, SymbolStore store, SymbolStore.NameBuffer buffer)
    {
        ref Symbol s = ref symbols[index];
        if (s.NameNumber == 0)
            s.NameNumber = store.AddName(s.Synthetic is not null ? s.Synthetic : s.Strings.Text(s.NameOffset), buffer);
        return s.NameNumber;
    }

    /// <summary>Name of the source file that a local symbol belongs to (its STT_FILE symbol); empty when unknown.</summary>
    public ReadOnlySpan<byte> FileName(int index) => symbols[index].File.Text(0);

    /// <summary>Labels of assembly count; ARM's mapping symbols ($x, $d) and local labels do not.</summary>
    private static bool IsLabel(ReadOnlySpan<byte> name) => !name.IsEmpty && name[0] is not ((byte)'$' or (byte)'.');

    private struct Symbol
    {
        public ulong Start, Size, Limit;
        public DataSection Strings, File;
        public byte[]? Synthetic;
        public uint NameOffset;
        public int NameNumber;
    }
}
