namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Names of function DIEs, found along DW_AT_abstract_origin and DW_AT_specification, within a unit, across units (LTO) and in the
/// supplementary file (dwz). One per thread; remembers what it found for the unit it works on.
/// </summary>
internal sealed class FunctionNames(SymbolStore store, WorkBudget budget, bool declarations)
{
    private readonly SymbolStore.NameBuffer buffer = new();
    private readonly DieAttributes attributes = new();
    private readonly DieAttributes rootAttributes = new();
    private readonly Dictionary<int, int> functions = [];
    private readonly Dictionary<nint, int> namesByPlace = [];
    private readonly Dictionary<(DwarfFile, int), DwarfUnit> otherUnits = [];
    private readonly Dictionary<DwarfUnit, FileTable?> fileTables = [];
    private DwarfUnit? current;

    /// <summary>Buffers to add names with.</summary>
    public SymbolStore.NameBuffer Buffer => buffer;

    /// <summary>Number of the function a DIE is about; 0 when it has no name.</summary>
    public int Resolve(DwarfUnit unit, int die)
    {
        if (!ReferenceEquals(unit, current))
        {
            current = unit;
            functions.Clear();
            fileTables.Clear();
        }

        if (functions.TryGetValue(die, out int known))
            return known;
        int origin = -1, function = Follow(unit, die, ref origin);
        functions[die] = function;
        if (origin >= 0)
            functions[origin] = function;
        return function;
    }

    /// <summary>Number of a name that lies in mapped memory: found again by its place, without reading it.</summary>
    public unsafe int Name(ReadOnlySpan<byte> text)
    {
        nint place = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(text));
        if (namesByPlace.TryGetValue(place, out int known))
            return known;
        return namesByPlace[place] = store.AddName(text, buffer);
    }

    private int Follow(DwarfUnit unit, int die, ref int origin)
    {
        int linkage = 0, name = 0, file = 0, line = 0;
        DwarfUnit at = unit;
        for (int step = 0; step < DwarfLimits.MaxOriginSteps; step++)
        {
            var reader = new DwarfReader(at.Section.Span[..at.End], die, at.BigEndian);
            ref readonly Abbreviation abbreviation = ref at.Abbreviations!.List[at.Abbreviations.IndexOf(reader.Uleb())];
            DieReader.Read(ref reader, at.Abbreviations.Ops.Slice(abbreviation.ReadStart, abbreviation.ReadCount), at, attributes);
            budget.Spend(reader.Position - die);
            bool plain = !attributes.HasAny(AttributeSlot.Name, AttributeSlot.LinkageName) && !attributes.HasAny(AttributeSlot.DeclFile, AttributeSlot.DeclLine);
            if (attributes.Has(AttributeSlot.LinkageName))
                linkage = Name(at.Text(attributes.Form(AttributeSlot.LinkageName), attributes.Value(AttributeSlot.LinkageName)));
            if (linkage != 0 && !declarations)
                break;
            if (name == 0 && linkage == 0 && attributes.Has(AttributeSlot.Name))
                name = Name(at.Text(attributes.Form(AttributeSlot.Name), attributes.Value(AttributeSlot.Name)));
            if (declarations)
            {
                if (line == 0)
                    line = (int)Math.Min(attributes.Value(AttributeSlot.DeclLine), int.MaxValue);
                if (file == 0 && attributes.Has(AttributeSlot.DeclFile))
                    file = FileOf(at, attributes.Value(AttributeSlot.DeclFile));
                if (linkage != 0 && line != 0 && file != 0)
                    break;
            }

            AttributeSlot next = attributes.Has(AttributeSlot.AbstractOrigin) ? AttributeSlot.AbstractOrigin : AttributeSlot.Specification;
            if (!attributes.Has(next) || !TryGoTo(ref at, attributes.Form(next), attributes.Value(next), out die))
                break;
            // A DIE that adds nothing shares the answer of its origin.
            if (plain && step == 0 && ReferenceEquals(at, unit))
            {
                origin = die;
                if (functions.TryGetValue(die, out int known))
                    return known;
            }
        }

        return store.AddFunction(linkage != 0 ? linkage : name, file, line);
    }

    private int FileOf(DwarfUnit unit, ulong file)
    {
        if (!fileTables.TryGetValue(unit, out FileTable? table))
            fileTables[unit] = table = FileTable.TryOpen(unit, store);
        return table?.FileNumber(file) ?? 0;
    }

    private bool TryGoTo(ref DwarfUnit unit, int form, ulong value, out int die)
    {
        die = 0;
        switch (form)
        {
            case DwForm.Ref1 or DwForm.Ref2 or DwForm.Ref4 or DwForm.Ref8 or DwForm.RefUdata:
                break;
            case DwForm.RefAddr:
                if (value >= (ulong)unit.Start && value < (ulong)unit.End && unit.UnitType is not (DwarfUnit.UtType or DwarfUnit.UtSplitType))
                    break;
                if (!TryOpen(unit.File, value, ref unit))
                    return false;
                break;
            case DwForm.GnuRefAlt or DwForm.RefSup4 or DwForm.RefSup8:
                if (unit.File.Supplementary is not { } supplementary || !TryOpen(supplementary, value, ref unit))
                    return false;
                break;
            default:
                // A type's signature leads to a type unit: no function's name is there.
                return false;
        }

        if (value < (ulong)unit.FirstDie || value >= (ulong)unit.End)
            return false;
        die = (int)value;
        return true;
    }

    private bool TryOpen(DwarfFile file, ulong offset, ref DwarfUnit unit)
    {
        int start = file.Units.UnitAt(offset);
        if (start < 0)
            return false;
        var key = (file, start);
        if (!otherUnits.TryGetValue(key, out DwarfUnit? other))
        {
            other = DwarfUnit.Parse(file, file.Info, start);
            UnitRoot.Read(other, rootAttributes, budget);
            otherUnits[key] = other;
        }

        unit = other;
        return true;
    }

}
