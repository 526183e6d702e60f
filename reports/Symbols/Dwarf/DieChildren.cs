namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Goes through the children of a DIE, one level.</summary>
internal ref struct DieChildren
{
    private readonly DwarfUnit unit;
    private DwarfReader reader;
    private bool ended;
    private bool inside;
    private int sibling;

    /// <summary>Starts at the first child of a DIE; its own attributes are read into <paramref name="attributes"/>.</summary>
    public DieChildren(DwarfUnit unit, int die, DieAttributes attributes)
    {
        this.unit = unit;
        reader = new DwarfReader(unit.Section, die, unit.End, unit.BigEndian);
        ended = !Read(attributes, out _, out _) || !inside;
        inside = false;
    }

    /// <summary>Reads the next child; false behind the last.</summary>
    public bool Next(DieAttributes attributes, out int die, out int tag)
    {
        die = tag = 0;
        if (ended)
            return false;
        if (inside)
            PassOver(attributes);
        ended = reader.Remaining == 0 || !Read(attributes, out die, out tag);
        return !ended;
    }

    private bool Read(DieAttributes attributes, out int die, out int tag)
    {
        die = reader.Position;
        tag = 0;
        inside = false;
        attributes.Clear();
        ulong code = reader.Uleb();
        if (code == 0)
            return false;
        AbbreviationTable table = unit.Abbreviations!;
        ref Abbreviation abbreviation = ref table.List[table.IndexOf(code)];
        DieReader.Read(ref reader, in abbreviation, table, unit, attributes);
        tag = abbreviation.Tag;
        inside = abbreviation.HasChildren;
        ulong to = abbreviation.HasSibling ? attributes.Value(AttributeSlot.Sibling) : 0;
        sibling = to > (ulong)reader.Position && to <= (ulong)unit.End ? (int)to : 0;
        return true;
    }

    /// <summary>Passes over the children of the last DIE read.</summary>
    private void PassOver(DieAttributes attributes)
    {
        int depth = 1;
        while (depth > 0)
        {
            if (sibling > 0)
            {
                reader.Seek(sibling);
                sibling = 0;
                depth--;
            }
            else if (!Read(attributes, out _, out _))
            {
                depth--;
                sibling = 0;
            }
            else if (inside)
            {
                depth++;
            }
        }
    }
}
