using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The ranges that units themselves claim, for addresses that <c>.debug_aranges</c> does not know (clang writes none). Read once, when
/// first needed. A unit that does not say its ranges has those of its functions.
/// </summary>
internal sealed class UnitRanges(DwarfModule module)
{
    private readonly Rows<UnitRange> all = new(256);
    private bool read;

    /// <summary>Finds the units of the addresses that have none yet.</summary>
    public void PlaceRest(ulong[] addresses, int count, int[] unitOf)
    {
        var rest = new List<int>();
        for (int i = 0; i < count; i++)
        {
            if (unitOf[i] < 0 && addresses[i] >= module.Code.Low && addresses[i] < module.Code.High)
                rest.Add(i);
        }

        if (rest.Count == 0)
            return;
        if (!read)
            Read();
        read = true;
        var part = new ulong[rest.Count];
        var units = new int[rest.Count];
        for (int i = 0; i < part.Length; i++)
            part[i] = addresses[rest[i]];
        Array.Fill(units, -1);
        module.Place(all, part, part.Length, units);
        for (int i = 0; i < part.Length; i++)
            unitOf[rest[i]] = units[i];
    }

    private void Read()
    {
        var root = new DieAttributes();
        var work = new WorkMeter(module.Budget);
        var ranges = new Rows<AddressRange>();
        AbbreviationTable? last = null;
        DwarfFile file = module.File;
        var behind = new PassedPages(file, file.Info);
        foreach (int start in file.Units.Starts)
        {
            behind.Advance(start);
            try
            {
                DwarfUnit unit = DwarfUnit.Parse(file, file.Info, start);
                ranges.Clear();
                if (!TryReadOne(unit, root, ranges, work, last))
                    continue;
                last = unit.Abbreviations;
                if (all.Count + ranges.Count > DwarfLimits.UnitRangesBase + file.Elf.Length / 2)
                    throw new DwarfException("the units have too many ranges");
                for (int i = 0; i < ranges.Count; i++)
                {
                    if (ranges[i].Low >= module.Code.Low && ranges[i].Low < module.Code.High)
                        all.Add(new UnitRange(ranges[i].Low, ranges[i].High, start));
                }
            }
            catch (Exception e) when (DwarfException.IsDamage(e))
            {
                module.Warn($"the unit at 0x{start:x} is damaged: {e.Message}");
            }
        }

        behind.Advance(file.Info.Length);
    }

    /// <summary>Adds the ranges of one unit and takes up its root.</summary>
    /// <returns>False for a unit that holds no code of its own.</returns>
    public static bool TryReadOne(DwarfUnit unit, DieAttributes root, Rows<AddressRange> into, WorkMeter work, AbbreviationTable? shared)
    {
        if (unit.UnitType is DwarfUnit.UtType or DwarfUnit.UtSplitType or DwarfUnit.UtPartial)
            return false;
        UnitRoot.Read(unit, root, work, shared);
        RangeReader.Read(unit, root, into, work);
        if (into.Count == 0 && unit.HasLines && !root.Has(AttributeSlot.HighPc) && !root.Has(AttributeSlot.Ranges))
            FunctionRanges.Read(unit, into, work);
        return true;
    }
}
