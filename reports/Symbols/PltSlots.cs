using MemTools.Reports.Symbols.Collections;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>Slots of the global offset table that dynamic relocations fill with functions: address → the function's name and "@plt".</summary>
internal sealed class PltSlots
{
    private const int MaxEntries = 1 << 20;

    private readonly NumberMap index = new();
    private readonly List<byte[]> names = [];
    private long nameBytes;

    /// <summary>The name for a slot; null when no relocation fills it with a function.</summary>
    public byte[]? Name(ulong slot) => index.Find(slot) is >= 0 and var i ? names[i] : null;

    public static PltSlots Read(ElfFile elf)
    {
        var result = new PltSlots();
        foreach (ElfSection section in elf.Sections)
        {
            bool addend = section.Type == ElfSectionType.RelocationsWithAddend;
            if ((addend || section.Type == ElfSectionType.Relocations) && section.IsAllocated && section.Link < (uint)elf.Sections.Count
                && elf.Sections[(int)section.Link] is { Type: ElfSectionType.DynamicSymbols } symbols)
                result.Read(elf, section, symbols, addend);
        }

        return result;
    }

    private void Read(ElfFile elf, ElfSection section, ElfSection symbols, bool addend)
    {
        ElfReader reader = elf.Reader;
        (ulong stringsOffset, ulong stringsSize) = elf.LinkedStrings(symbols);
        ReadOnlySpan<byte> strings = elf.File.Slice(stringsOffset, stringsSize), table = elf.GetData(symbols), data = elf.GetData(section);
        int size = (reader.Is64 ? 16 : 8) + (addend ? reader.Is64 ? 8 : 4 : 0);
        for (int at = 0; at + size <= data.Length && names.Count < MaxEntries && nameBytes < ElfLimits.MaxPltNameBytes; at += size)
        {
            ulong info = reader.Word(data, at + (reader.Is64 ? 8 : 4));
            ulong symbol = reader.Is64 ? info >> 32 : info >> 8, type = reader.Is64 ? info & 0xffffffff : info & 0xff;
            // JUMP_SLOT and GLOB_DAT of each machine; other relocations fill data.
            bool slot = elf.Machine == ElfMachine.AArch64 ? type is 1025 or 1026 : type is 6 or 7;
            if (!slot || symbol == 0 || (symbol + 1) * (ulong)elf.SymbolEntrySize > (ulong)table.Length)
                continue;
            ReadOnlySpan<byte> name = ElfReader.StringAt(strings, reader.U32(table, (int)symbol * elf.SymbolEntrySize));
            ulong address = reader.Word(data, at);
            if (name.IsEmpty || index.Find(address) >= 0)
                continue;
            nameBytes += name.Length;
            byte[] text = new byte[name.Length + 4];
            name.CopyTo(text);
            "@plt"u8.CopyTo(text.AsSpan(name.Length));
            index.Set(address, names.Count);
            names.Add(text);
        }
    }
}
