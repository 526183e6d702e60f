namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>A unit or table is damaged. Caught where the unit is taken up; it becomes a warning that names the place.</summary>
internal sealed class DwarfException(string message) : Exception(message)
{
    /// <summary>True for what reading damaged data throws: this, an index computed from it, or a sum that overflows.</summary>
    public static bool IsDamage(Exception e) => e is DwarfException or IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException;
}
