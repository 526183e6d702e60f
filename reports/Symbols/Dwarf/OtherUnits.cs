using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Follows references between DIEs, also into other units and into the supplementary file. Units stay open; one per thread.</summary>
internal sealed class OtherUnits(WorkMeter work)
{
    private readonly DieAttributes attributes = new();
    private readonly NumberMap places = new();
    private readonly List<DwarfUnit> units = [];

    /// <summary>Goes to the DIE that a reference names.</summary>
    /// <param name="unit">The unit the reference stands in; on return that of the DIE.</param>
    /// <param name="form">Form of the reference.</param>
    /// <param name="value">As <see cref="DieReader.Value"/> gives it.</param>
    /// <param name="die">Offset of the DIE in its section.</param>
    /// <returns>False when it leads nowhere.</returns>
    public bool TryGoTo(ref DwarfUnit unit, int form, ulong value, out int die)
    {
        die = 0;
        switch (form)
        {
            case DwForm.Ref1 or DwForm.Ref2 or DwForm.Ref4 or DwForm.Ref8 or DwForm.RefUdata:
                break;
            case DwForm.RefAddr:
                if (value >= (ulong)unit.Start && value < (ulong)unit.End && !unit.IsInTypesSection)
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
        ulong key = (uint)start | (file.IsSupplementary ? 1UL << 32 : 0);
        int index = places.Find(key);
        if (index < 0)
        {
            DwarfUnit other = DwarfUnit.Parse(file, file.Info, start);
            UnitRoot.Read(other, attributes, work);
            index = units.Count;
            units.Add(other);
            places.Set(key, index);
        }

        unit = units[index];
        return true;
    }
}
