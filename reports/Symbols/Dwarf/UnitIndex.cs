namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Where the units of one file start, in <c>.debug_info</c> and <c>.debug_types</c>; made when first needed.</summary>
internal sealed class UnitIndex(DwarfFile file)
{
    private readonly Lock gate = new();
    private int[]? starts;

    /// <summary>Offsets of all units of <c>.debug_info</c>, ascending. Ends at the first damaged header.</summary>
    public int[] Starts
    {
        get
        {
            lock (gate)
                return starts ??= Scan(file);
        }
    }

    /// <summary>Offset of the unit that holds an offset of <c>.debug_info</c>, or -1.</summary>
    public int UnitAt(ulong offset)
    {
        if (offset >= (ulong)file.Info.Length)
            return -1;
        int[] all = Starts;
        int i = Array.BinarySearch(all, (int)offset);
        if (i < 0)
            i = ~i - 1;
        return i < 0 ? -1 : all[i];
    }

    private static int[] Scan(DwarfFile file)
    {
        DataSection section = file.Info;
        var behind = new PassedPages(file, section);
        var result = new List<int>();
        try
        {
            for (int at = 0; section.Length - at >= 11; at = DwarfUnit.NextOffset(section, at, file.BigEndian))
            {
                result.Add(at);
                behind.Advance(at);
            }
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            // The header that cannot be read is in the list already: taking it up reports it.
        }

        return [.. result];
    }
}
