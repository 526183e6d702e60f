namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The wanted addresses of one unit: a run of the resolver's order array.</summary>
internal struct UnitTask
{
    /// <summary>Offset of the unit in <c>.debug_info</c>.</summary>
    public int Unit;

    public int First, Count;

    /// <summary>True when <c>.debug_aranges</c> led here, which may be wrong.</summary>
    public bool FromAranges;
}
