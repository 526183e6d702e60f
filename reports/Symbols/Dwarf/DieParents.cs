using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Finds what a DIE stands in. DIEs do not name their parents, so the unit is walked from its start, hopping where it can.</summary>
internal sealed class DieParents(WorkMeter work)
{
    /// <summary>Fills the list with the DIEs around one, outermost first, without the unit's root.</summary>
    /// <returns>False when no DIE begins at that offset.</returns>
    public bool Find(DwarfUnit unit, int target, Rows<int> parents)
    {
        parents.Clear();
        AbbreviationTable table = unit.Abbreviations!;
        var reader = new DwarfReader(unit.Section, unit.FirstDie, unit.End, unit.BigEndian);
        while (reader.Position <= target && reader.Remaining > 0)
        {
            int die = reader.Position;
            if (die == target)
            {
                work.Spend(die - unit.FirstDie);
                // The first parent is the root.
                for (int i = 1; i < parents.Count; i++)
                    parents[i - 1] = parents[i];
                if (parents.Count > 0)
                    parents.RemoveLast();
                return true;
            }

            ulong code = reader.Uleb();
            if (code == 0)
            {
                if (parents.Count == 0)
                    break;
                parents.RemoveLast();
                continue;
            }

            ref Abbreviation abbreviation = ref table.List[table.IndexOf(code)];
            DieReader.Skip(ref reader, in abbreviation, table.Ops, unit);
            if (!abbreviation.HasChildren)
                continue;
            if (abbreviation.HasSibling)
            {
                int form = abbreviation.SiblingForm;
                ulong sibling = DieReader.Value(ref reader, ref form, unit);
                if (sibling > (ulong)reader.Position && sibling <= (ulong)target)
                {
                    reader.Seek((int)sibling);
                    continue;
                }

                // The skip list ends at the sibling; pass over what follows it.
                reader.Seek(die);
                reader.Uleb();
                DieReader.PassOver(ref reader, in abbreviation, table.Ops, unit);
            }

            if (parents.Count >= DwarfLimits.MaxDepth)
                throw new DwarfException("DIEs are nested too deeply");
            parents.Add(die);
        }

        work.Spend(reader.Position - unit.FirstDie);
        return false;
    }
}
