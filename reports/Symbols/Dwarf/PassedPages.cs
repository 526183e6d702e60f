namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Gives the pages of a section back that a walk from its beginning has passed: one that looks at a few bytes of each unit would else have
/// most of the section in memory, since the kernel maps what is around a touched page too.
/// </summary>
internal sealed class PassedPages(DwarfFile file, DataSection section)
{
    private const int Step = 8 << 20;
    private int released;

    /// <summary>The walk is at this offset.</summary>
    public void Advance(int at)
    {
        if (at - released < Step && at < section.Length)
            return;
        file.Elf.File.Release(section.Span[released..at]);
        released = at;
    }
}
