namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>How one attribute, or several of fixed size together, are read.</summary>
internal enum OpKind : byte
{
    /// <summary>Passes over <see cref="AbbreviationOp.Size"/> bytes.</summary>
    Fixed,
    Leb,
    CString,
    Block1,
    Block2,
    Block4,
    BlockLeb,
    Indirect,

    /// <summary>Reads the value of <see cref="AbbreviationOp.Form"/> into <see cref="AbbreviationOp.Slot"/>.</summary>
    Keep,

    /// <summary>As <see cref="Keep"/> with the value in the abbreviation (DW_FORM_implicit_const, DW_FORM_flag_present).</summary>
    KeepConstant,
}

/// <summary>One step of reading a DIE's attributes.</summary>
internal struct AbbreviationOp
{
    public OpKind Kind;
    public AttributeSlot Slot;
    public ushort Form;

    /// <summary>Bytes of a fixed form, -1 when they depend on the value; for <see cref="OpKind.KeepConstant"/> an index of the table's constants.</summary>
    public int Size;
}

/// <summary>What the walk does at a DIE, from its tag, children and attributes.</summary>
internal enum WalkAction : byte
{
    /// <summary>No children: pass over it.</summary>
    Pass,

    /// <summary>Children that never hold code: hop over them if there is a sibling reference.</summary>
    Hop,

    /// <summary>Children that hold code only exceptionally (types, abstract functions): hop in the first walk, descend in the second.</summary>
    HopFirst,

    /// <summary>Holds functions: descend.</summary>
    Descend,

    /// <summary>A block without addresses of its own: as what it stands in.</summary>
    Block,

    /// <summary>A function with code.</summary>
    Function,

    /// <summary>An inlined call with code.</summary>
    Inlined,

    /// <summary>A block with code and children.</summary>
    CodeBlock,
}

/// <summary>One abbreviation, compiled to two lists of steps in its table.</summary>
internal struct Abbreviation
{
    /// <summary>DW_TAG_*; 0 for a code that is not declared.</summary>
    public int Tag;

    /// <summary>Steps that pass over all attributes (or up to the sibling when there are children to hop over).</summary>
    public int SkipStart, SkipEnd;

    /// <summary>Steps that read the attributes kept.</summary>
    public int ReadStart, ReadEnd;

    /// <summary>Bytes of all attributes when the skip list is but one fixed step (or none); -1 otherwise.</summary>
    public int FixedSkip;

    public WalkAction Action;
    public bool HasChildren;

    /// <summary>True when DW_AT_sibling is there in a form that can be followed.</summary>
    public bool HasSibling;

    /// <summary>Form of the sibling reference.</summary>
    public ushort SiblingForm;
}
