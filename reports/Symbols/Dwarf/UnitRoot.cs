namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Takes up a unit: abbreviations and root DIE.</summary>
internal static class UnitRoot
{
    /// <summary>Reads the root DIE into <paramref name="attributes"/> and fills the unit's bases.</summary>
    public static void Read(DwarfUnit unit, DieAttributes attributes, WorkBudget budget, AbbreviationTable? shared = null)
    {
        unit.Abbreviations ??= Table(unit, budget, shared);
        var reader = new DwarfReader(unit.Section.Span[..unit.End], unit.FirstDie, unit.BigEndian);
        ulong code = reader.Uleb();
        attributes.Clear();
        if (code == 0)
            return;
        ref readonly Abbreviation root = ref unit.Abbreviations.List[unit.Abbreviations.IndexOf(code)];
        DieReader.Read(ref reader, unit.Abbreviations.Ops.Slice(root.ReadStart, root.ReadCount), unit, attributes);
        if (unit.HasRootAttributes)
            return;

        // The bases first: the other attributes may be given by index.
        bool split = unit.File.IsSplit;
        unit.StrOffsetsBase = attributes.Has(AttributeSlot.StrOffsetsBase) ? attributes.Value(AttributeSlot.StrOffsetsBase)
            : split && unit.Version >= 5 ? unit.OffsetSize == 8 ? 16u : 8u : 0;
        if (attributes.Has(AttributeSlot.AddrBase))
            unit.AddrBase = attributes.Value(AttributeSlot.AddrBase);
        unit.RnglistsBase = attributes.Has(AttributeSlot.RnglistsBase) ? attributes.Value(AttributeSlot.RnglistsBase)
            : split && unit.Version >= 5 ? unit.OffsetSize == 8 ? 20u : 12u : 0;
        if (attributes.Has(AttributeSlot.GnuRangesBase))
            unit.RangesBase = attributes.Value(AttributeSlot.GnuRangesBase);
        if (unit.DwoId == 0)
            unit.DwoId = attributes.Value(AttributeSlot.DwoId);
        if (attributes.Has(AttributeSlot.LowPc))
            unit.BaseAddress = unit.Address(attributes.Form(AttributeSlot.LowPc), attributes.Value(AttributeSlot.LowPc));
        unit.LineOffset = attributes.Has(AttributeSlot.StmtList) ? attributes.Value(AttributeSlot.StmtList) : null;
        unit.CompDir = (attributes.Form(AttributeSlot.CompDir), attributes.Value(AttributeSlot.CompDir));
        unit.Name = (attributes.Form(AttributeSlot.Name), attributes.Value(AttributeSlot.Name));
        unit.DwoName = (attributes.Form(AttributeSlot.DwoName), attributes.Value(AttributeSlot.DwoName));
        unit.HasRootAttributes = true;
    }

    private static AbbreviationTable Table(DwarfUnit unit, WorkBudget budget, AbbreviationTable? shared)
    {
        if (unit.AbbrevOffset >= (ulong)unit.AbbrevSection.Length)
            throw new DwarfException($"the unit at 0x{unit.Start:x} has its abbreviations outside their section");
        var key = ((int)unit.AbbrevOffset, unit.AddressSize, unit.OffsetSize, unit.Version);
        return shared is not null && shared.Key == key
            ? shared
            : AbbreviationTable.Parse(unit.AbbrevSection.Span, key.Item1, unit.AddressSize, unit.OffsetSize, unit.Version, budget);
    }
}
