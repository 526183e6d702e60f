namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Addresses [Low, High).</summary>
internal readonly record struct AddressRange(ulong Low, ulong High);
