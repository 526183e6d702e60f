namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The wanted addresses of one unit: a run of the resolver's order array.</summary>
internal readonly record struct UnitTask(int Unit, int First, int Count, bool FromAranges);
