namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Attributes that are kept when a DIE is read; the value is the place in <see cref="DieAttributes"/>.</summary>
internal enum AttributeSlot : byte
{
    None,
    Sibling,
    LowPc,
    HighPc,
    Ranges,
    AbstractOrigin,
    Specification,
    Name,
    LinkageName,
    CallFile,
    CallLine,
    CallColumn,
    DeclFile,
    DeclLine,
    StmtList,
    CompDir,
    StrOffsetsBase,
    AddrBase,
    RnglistsBase,
    GnuRangesBase,
    DwoName,
    DwoId,
    Language,
    Count,
}

internal static class AttributeSlots
{
    public static AttributeSlot Of(ulong attribute) => attribute switch
    {
        DwAt.Sibling => AttributeSlot.Sibling,
        DwAt.LowPc => AttributeSlot.LowPc,
        DwAt.HighPc => AttributeSlot.HighPc,
        DwAt.Ranges => AttributeSlot.Ranges,
        DwAt.AbstractOrigin => AttributeSlot.AbstractOrigin,
        DwAt.Specification => AttributeSlot.Specification,
        DwAt.Name => AttributeSlot.Name,
        DwAt.LinkageName or DwAt.MipsLinkageName => AttributeSlot.LinkageName,
        DwAt.CallFile => AttributeSlot.CallFile,
        DwAt.CallLine => AttributeSlot.CallLine,
        DwAt.CallColumn => AttributeSlot.CallColumn,
        DwAt.DeclFile => AttributeSlot.DeclFile,
        DwAt.DeclLine => AttributeSlot.DeclLine,
        DwAt.StmtList => AttributeSlot.StmtList,
        DwAt.CompDir => AttributeSlot.CompDir,
        DwAt.StrOffsetsBase => AttributeSlot.StrOffsetsBase,
        DwAt.AddrBase or DwAt.GnuAddrBase => AttributeSlot.AddrBase,
        DwAt.RnglistsBase => AttributeSlot.RnglistsBase,
        DwAt.GnuRangesBase => AttributeSlot.GnuRangesBase,
        DwAt.DwoName or DwAt.GnuDwoName => AttributeSlot.DwoName,
        DwAt.GnuDwoId => AttributeSlot.DwoId,
        DwAt.Language => AttributeSlot.Language,
        _ => AttributeSlot.None,
    };
}
