using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Names PLT entries <c>f@plt</c>, as objdump does. An entry jumps through a slot of the global offset table; the relocation of that slot
/// names the function. Entries of x86-64, i386 and AArch64 are decoded.
/// </summary>
internal static class PltSymbols
{
    /// <summary>Adds the PLT entries of a file to its symbols, corrected by a bias.</summary>
    public static void Read(ElfFile elf, ulong bias, SymbolTable result)
    {
        if (elf.Machine is not (ElfMachine.X86_64 or ElfMachine.I386 or ElfMachine.AArch64) || elf.ByteOrder != ElfByteOrder.LittleEndian)
            return;
        PltSlots? slots = null;
        foreach (ElfSection section in elf.Sections)
        {
            if (section is not { IsExecutable: true, HasData: true } || !section.Name.StartsWith(".plt", StringComparison.Ordinal))
                continue;
            slots ??= PltSlots.Read(elf);
            Decode(elf, section, slots, bias, result);
        }
    }

    private static void Decode(ElfFile elf, ElfSection section, PltSlots slots, ulong bias, SymbolTable result)
    {
        ReadOnlySpan<byte> code = elf.GetData(section);
        // .plt.got of old linkers has 8-byte entries; all others 16.
        int step = section.EntrySize is 8 or 16 ? (int)section.EntrySize : section.Name == ".plt.got" && elf.Machine != ElfMachine.AArch64 ? 8 : 16;
        ulong got = elf.FindSection(".got.plt")?.Address ?? elf.FindSection(".got")?.Address ?? 0;
        for (int at = 0; at + step <= code.Length; at += step)
        {
            ulong address = section.Address + (ulong)at;
            ulong? slot = elf.Machine == ElfMachine.AArch64
                ? AArch64Slot(code.Slice(at, step), address)
                : X86Slot(code.Slice(at, step), address, elf.Machine == ElfMachine.X86_64, got);
            if (slot is { } s && slots.Name(s) is { } name)
                result.Add(unchecked(address + bias), (ulong)step, name);
        }
    }

    /// <summary><c>[endbr] [bnd] jmp *slot</c>: ff 25 (absolute on i386, relative on x86-64), or ff a3 relative to the GOT on i386.</summary>
    private static ulong? X86Slot(ReadOnlySpan<byte> entry, ulong address, bool is64, ulong got)
    {
        int at = entry[0] == 0xf3 && entry[1] == 0x0f && entry[2] == 0x1e && entry[3] is 0xfa or 0xfb ? 4 : 0;
        if (at < entry.Length && entry[at] == 0xf2)
            at++;
        if (at + 6 > entry.Length || entry[at] != 0xff)
            return null;
        int displacement = BitConverter.ToInt32(entry.Slice(at + 2, 4));
        return (entry[at + 1], is64) switch
        {
            (0x25, true) => unchecked(address + (ulong)(at + 6) + (ulong)(long)displacement),
            (0x25, false) => (uint)displacement,
            (0xa3, false) => unchecked((uint)(got + (ulong)(long)displacement)),
            _ => null,
        };
    }

    /// <summary><c>[bti] adrp x16, page; ldr x17, [x16, offset]</c>.</summary>
    private static ulong? AArch64Slot(ReadOnlySpan<byte> entry, ulong address)
    {
        for (int at = 0; at + 8 <= entry.Length; at += 4)
        {
            uint adrp = BitConverter.ToUInt32(entry.Slice(at, 4)), ldr = BitConverter.ToUInt32(entry.Slice(at + 4, 4));
            if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
                continue;
            long page = (int)((((adrp >> 5) & 0x7ffff) << 2 | (adrp >> 29) & 3) << 11) >> 11;
            return unchecked(((address + (ulong)at) & ~0xfffUL) + (ulong)(page << 12) + ((ldr >> 10) & 0xfff) * 8);
        }

        return null;
    }
}
