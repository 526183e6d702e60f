using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Whether a file can be the one that a process had mapped, for dumps that record paths and mappings but no build-ids (gperftools, jemalloc). A dump
/// of another machine would else be named with this machine's library of the same path, silently and wrongly.
/// </summary>
internal static class MappingFit
{
    /// <summary>
    /// False when the process had code of the file where the file has none. Formats without a memory map (mtrace, heaptrack) have one made-up mapping for
    /// each file, which tells nothing; a real one has the file's segments apart.
    /// </summary>
    public static bool IsPossible(ElfFile file, IReadOnlyCollection<Mapping> mappings)
    {
        if (mappings.Count < 2)
            return true;
        foreach (Mapping mapping in mappings)
        {
            if (mapping.IsExecutable && !HasCode(file, mapping.FileOffset, mapping.Limit - mapping.Start))
                return false;
        }

        return true;
    }

    private static bool HasCode(ElfFile file, ulong offset, ulong size)
    {
        // A mapping is whole pages: 4 KiB on x86, up to 64 KiB elsewhere.
        ulong page = file.Machine is ElfMachine.X86_64 or ElfMachine.I386 ? 0x1000UL : 0x10000UL;
        foreach (ElfProgramHeader p in file.ProgramHeaders)
        {
            if (p is not { Type: ElfSegmentType.Load, IsExecutable: true })
                continue;
            ulong first = p.Offset & ~(page - 1);
            ulong last = unchecked(p.Offset + p.FileSize + page - 1) & ~(page - 1);
            if (offset >= first && offset < last && size <= last - offset)
                return true;
        }

        return false;
    }
}
