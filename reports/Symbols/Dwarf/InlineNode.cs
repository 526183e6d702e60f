namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>A function, or a call inlined into one, that holds wanted addresses.</summary>
internal struct InlineNode
{
    /// <summary>No call file is recorded; 0 is one since DWARF 5.</summary>
    public const uint NoFile = uint.MaxValue;

    /// <summary>The node it is inlined into; -1 for a function.</summary>
    public int Parent;

    /// <summary>Offset of its DIE.</summary>
    public int Die;

    /// <summary>The first address of its first range.</summary>
    public ulong Low;

    /// <summary>Where it was called; 0 when not recorded.</summary>
    public uint CallFile, CallLine, CallColumn;

    /// <summary>Id of its name in the result; -1 until asked for.</summary>
    public int Function;
}
