using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The ranges of all functions of a unit that does not say its own.</summary>
internal static class FunctionRanges
{
    public static void Read(DwarfUnit unit, Rows<AddressRange> into, WorkMeter work)
    {
        AbbreviationTable table = unit.Abbreviations!;
        var attributes = new DieAttributes();
        var reader = new DwarfReader(unit.Section, unit.FirstDie, unit.End, unit.BigEndian);
        int depth = 0;
        do
        {
            ulong code = reader.Uleb();
            if (code == 0)
            {
                depth--;
                continue;
            }

            ref Abbreviation abbreviation = ref table.List[table.IndexOf(code)];
            DieReader.Read(ref reader, in abbreviation, table, unit, attributes);
            if (abbreviation.Action == WalkAction.Function)
                RangeReader.Read(unit, attributes, into, work);
            if (abbreviation.HasChildren)
                depth++;
        }
        while (depth > 0 && reader.Remaining > 0);

        work.Spend(reader.Position - unit.FirstDie);
    }
}
