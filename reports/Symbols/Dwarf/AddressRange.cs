namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Addresses [Low, High).</summary>
internal readonly struct AddressRange(ulong low, ulong high)
{
    public readonly ulong Low = low;
    public readonly ulong High = high;
}

/// <summary>A range of a unit: the unit's offset in <c>.debug_info</c>.</summary>
internal readonly struct UnitRange(ulong low, ulong high, int unit)
{
    public readonly ulong Low = low;
    public readonly ulong High = high;
    public readonly int Unit = unit;
}
