using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>From an address in a process to the virtual address that a module's symbols and debug information use.</summary>
public static class ModuleAddress
{
    /// <summary>
    /// The ELF virtual address of a process address that lies in a mapping of the file, by way of the file's offset: the program header that
    /// maps that offset says where it was linked to be. Right for position-independent and fixed programs, and for modules mapped in parts.
    /// </summary>
    /// <returns>False when no loaded segment has that offset.</returns>
    public static bool TryGetVirtual(ElfFile module, Mapping mapping, ulong address, out ulong virtualAddress)
    {
        ulong offset = unchecked(address - mapping.Start + mapping.FileOffset);
        // Segments share pages at their edges: prefer one that may be executed as the mapping may.
        foreach (bool executable in (ReadOnlySpan<bool>)[mapping.IsExecutable, !mapping.IsExecutable])
        {
            foreach (ElfProgramHeader p in module.ProgramHeaders)
            {
                if (p.Type == ElfSegmentType.Load && p.IsExecutable == executable && offset >= p.Offset && offset - p.Offset < p.FileSize)
                {
                    virtualAddress = unchecked(offset - p.Offset + p.VirtualAddress);
                    return true;
                }
            }
        }

        virtualAddress = 0;
        return false;
    }

    /// <summary>What must be added to a virtual address to get the process address (the load bias), from one mapping of the module.</summary>
    public static bool TryGetBias(ElfFile module, Mapping mapping, out ulong bias)
    {
        foreach (ElfProgramHeader p in module.ProgramHeaders)
        {
            // The kernel maps whole pages, so the mapping may start before the segment does.
            ulong page = p.Offset & ~0xfffUL;
            if (p.Type == ElfSegmentType.Load && p.FileSize > 0 && mapping.FileOffset >= page && mapping.FileOffset - page < p.FileSize + (p.Offset - page))
            {
                bias = unchecked(mapping.Start - (p.VirtualAddress - p.Offset + mapping.FileOffset));
                return true;
            }
        }

        bias = 0;
        return false;
    }

    /// <summary>True when the virtual address lies in a segment of the module that may be executed.</summary>
    public static bool IsCode(ElfFile module, ulong virtualAddress)
    {
        foreach (ElfProgramHeader p in module.ProgramHeaders)
        {
            if (p is { Type: ElfSegmentType.Load, IsExecutable: true } && virtualAddress >= p.VirtualAddress && virtualAddress - p.VirtualAddress < p.MemorySize)
                return true;
        }

        return false;
    }
}
