namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>A text by form, resolved when asked for.</summary>
internal readonly struct TextRef(int form, ulong value)
{
    public readonly int Form = form;
    public readonly ulong Value = value;
}
