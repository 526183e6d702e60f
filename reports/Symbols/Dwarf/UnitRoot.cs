namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Takes up a unit: abbreviations and root DIE.</summary>
internal static class UnitRoot
{
    /// <summary>Reads the root DIE into <paramref name="attributes"/> and fills the unit's bases.</summary>
    public static void Read(DwarfUnit unit, DieAttributes attributes, WorkMeter work, AbbreviationTable? shared = null)
    {
        unit.Abbreviations ??= Table(unit, work, shared);
        DieReader.ReadAt(unit, unit.FirstDie, attributes);
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
        // In split DWARF 4 this is for the ranges of the split unit, not for the skeleton's own.
        unit.SplitRangesBase = attributes.Value(AttributeSlot.GnuRangesBase);
        if (unit.DwoId == 0)
            unit.DwoId = attributes.Value(AttributeSlot.DwoId);
        if (attributes.Has(AttributeSlot.LowPc))
            unit.BaseAddress = unit.Address(attributes.Form(AttributeSlot.LowPc), attributes.Value(AttributeSlot.LowPc));
        unit.HasLines = attributes.Has(AttributeSlot.StmtList);
        unit.LineOffset = attributes.Value(AttributeSlot.StmtList);
        unit.CompDir = attributes.Text(AttributeSlot.CompDir);
        unit.Name = attributes.Text(AttributeSlot.Name);
        unit.DwoName = attributes.Text(AttributeSlot.DwoName);
        unit.Language = (int)Math.Min(attributes.Value(AttributeSlot.Language), ushort.MaxValue);
        unit.HasRootAttributes = true;
    }

    private static AbbreviationTable Table(DwarfUnit unit, WorkMeter work, AbbreviationTable? shared)
    {
        if (unit.AbbrevOffset >= (ulong)unit.AbbrevSection.Length)
            throw new DwarfException($"the unit at 0x{unit.Start:x} has its abbreviations outside their section");
        int offset = (int)unit.AbbrevOffset;
        return shared is not null && shared.Offset == offset && shared.AddressSize == unit.AddressSize && shared.OffsetSize == unit.OffsetSize
            && shared.Version == unit.Version
            ? shared
            : AbbreviationTable.Parse(unit.AbbrevSection, offset, unit.AddressSize, unit.OffsetSize, unit.Version, work);
    }
}
