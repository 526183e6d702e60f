namespace MemTools.Reports.Symbols.Demangle.Itanium;

/// <summary>One node of a parsed name; children are indices, so that a whole name lives in one reused array.</summary>
internal struct Node
{
    public NodeKind Kind;
    public NodeFlags Flags;

    /// <summary>How many times the node is being written at this moment; more than twice is a cycle.</summary>
    public byte Printing;

    public int A;
    public int B;

    /// <summary>A third child; for templates and qualified names, where their text begins in the output once written.</summary>
    public int X;

    /// <summary>Length of that text; for a template parameter, one plus the templates in scope where it was first met.</summary>
    public int Y;
}

[Flags]
internal enum NodeFlags : byte
{
    None = 0,

    /// <summary>What is written depends on the templates around the node.</summary>
    Open = 1,

    /// <summary>What is written depends on nothing but the node itself.</summary>
    Plain = 2,
}
