namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// The attributes of one DIE that matter here, with their forms. One instance is used over and over. A value is what the form holds:
/// a number, an offset, an index, or for DW_FORM_string the position in the section.
/// </summary>
internal sealed class DieAttributes
{
    private readonly ulong[] values = new ulong[(int)AttributeSlot.Count];
    private readonly ushort[] forms = new ushort[(int)AttributeSlot.Count];
    private uint present;

    public void Clear() => present = 0;

    public void Set(AttributeSlot slot, int form, ulong value)
    {
        values[(int)slot] = value;
        forms[(int)slot] = (ushort)form;
        present |= 1u << (int)slot;
    }

    public bool Has(AttributeSlot slot) => (present & (1u << (int)slot)) != 0;

    public bool HasAny(AttributeSlot a, AttributeSlot b) => (present & ((1u << (int)a) | (1u << (int)b))) != 0;

    /// <summary>The value; 0 when the DIE does not have the attribute.</summary>
    public ulong Value(AttributeSlot slot) => Has(slot) ? values[(int)slot] : 0;

    /// <summary>The form; 0 when the DIE does not have the attribute.</summary>
    public int Form(AttributeSlot slot) => Has(slot) ? forms[(int)slot] : 0;

    /// <summary>The value and form of an attribute that is a text.</summary>
    public TextRef Text(AttributeSlot slot) => new(Form(slot), Value(slot));
}
