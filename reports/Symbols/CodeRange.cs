using MemTools.Reports.Symbols.Dwarf;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>Where a file has code.</summary>
internal static class CodeRange
{
    /// <summary>
    /// From the first to behind the last address of its executable sections, or of its executable segments when it has no section
    /// headers. Debug information about anything else belongs to code that the linker threw away (it then starts at 0 or near 2^64).
    /// </summary>
    public static AddressRange Of(ElfFile elf)
    {
        ulong low = ulong.MaxValue, high = 0;
        foreach (ElfSection s in elf.Sections)
        {
            if (s is { IsExecutable: true, IsAllocated: true, Address: > 0 })
                Add(s.Address, s.Size);
        }

        if (high == 0)
        {
            foreach (ElfProgramHeader p in elf.ProgramHeaders)
            {
                if (p is { Type: ElfSegmentType.Load, IsExecutable: true })
                    Add(Math.Max(p.VirtualAddress, 1), p.MemorySize);
            }
        }

        return high == 0 ? new AddressRange(1, ulong.MaxValue) : new AddressRange(low, high);

        void Add(ulong start, ulong size)
        {
            low = Math.Min(low, start);
            high = Math.Max(high, unchecked(start + size) < start ? ulong.MaxValue : start + size);
        }
    }
}
