namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>What the walk does with a DIE, by its tag.</summary>
internal enum DieKind : byte
{
    /// <summary>Nothing in it can hold code: variables, base types, call sites, ….</summary>
    Leaf,

    /// <summary>A class, structure, union or the like: holds code only for local classes and lambdas, or units without out-of-line DIEs.</summary>
    Type,

    /// <summary>Holds functions: units, namespaces, modules.</summary>
    Scope,

    /// <summary>A lexical, try or catch block.</summary>
    Block,

    /// <summary>DW_TAG_subprogram.</summary>
    Function,

    /// <summary>DW_TAG_inlined_subroutine.</summary>
    Inlined,
}

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
internal readonly record struct AbbreviationOp(OpKind Kind, AttributeSlot Slot, ushort Form, int Size, long Constant = 0);

/// <summary>One abbreviation, compiled to two lists of steps in its table.</summary>
internal struct Abbreviation
{
    /// <summary>DW_TAG_*; 0 for a code that is not declared.</summary>
    public int Tag;

    public DieKind Kind;
    public bool HasChildren;

    /// <summary>True when DW_AT_sibling is there in a form that can be followed.</summary>
    public bool HasSibling;

    /// <summary>True when it has DW_AT_low_pc or DW_AT_ranges.</summary>
    public bool HasCode;

    /// <summary>Form of the sibling reference.</summary>
    public ushort SiblingForm;

    /// <summary>Steps that pass over all attributes (or up to the sibling when there are children to hop over).</summary>
    public int SkipStart, SkipCount;

    /// <summary>Steps that read the attributes kept.</summary>
    public int ReadStart, ReadCount;
}
