namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Where the units of one file start, in <c>.debug_info</c> and <c>.debug_types</c>; made when first needed.</summary>
internal sealed class UnitIndex(DwarfFile file)
{
    private readonly Lazy<int[]> starts = new(() => Scan(file.Info, file.BigEndian));
    private readonly Lazy<Dictionary<ulong, (bool InTypes, int Offset)>> signatures = new(() => ScanSignatures(file));

    /// <summary>Offsets of all units of <c>.debug_info</c>, ascending. Ends at the first damaged header.</summary>
    public ReadOnlySpan<int> Starts => starts.Value;

    /// <summary>Offset of the unit that holds an offset of <c>.debug_info</c>, or -1.</summary>
    public int UnitAt(ulong offset)
    {
        if (offset >= (ulong)file.Info.Length)
            return -1;
        int[] all = starts.Value;
        int i = Array.BinarySearch(all, (int)offset);
        if (i < 0)
            i = ~i - 1;
        return i < 0 ? -1 : all[i];
    }

    /// <summary>Where the type unit with a signature is.</summary>
    public bool TryFindType(ulong signature, out (bool InTypes, int Offset) place) => signatures.Value.TryGetValue(signature, out place);

    private static int[] Scan(DataSection section, bool bigEndian)
    {
        var result = new List<int>();
        try
        {
            for (int at = 0; section.Length - at >= 11; at = DwarfUnit.NextOffset(section, at, bigEndian))
                result.Add(at);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            // The header that cannot be read is in the list already: taking it up reports it.
        }

        return [.. result];
    }

    private static Dictionary<ulong, (bool InTypes, int Offset)> ScanSignatures(DwarfFile file)
    {
        var result = new Dictionary<ulong, (bool, int)>();
        foreach (bool inTypes in (ReadOnlySpan<bool>)[false, true])
        {
            DataSection section = inTypes ? file.Types : file.Info;
            foreach (int offset in Scan(section, file.BigEndian))
            {
                try
                {
                    DwarfUnit unit = DwarfUnit.Parse(file, section, offset, inTypes);
                    if (unit.UnitType is DwarfUnit.UtType or DwarfUnit.UtSplitType)
                        result.TryAdd(unit.TypeSignature, (inTypes, offset));
                }
                catch (Exception e) when (DwarfException.IsDamage(e))
                {
                    continue;
                }
            }
        }

        return result;
    }
}
