namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>What the DWARF reader accepts at most, so that no input costs more time or memory than is written here.</summary>
public static class DwarfLimits
{
    /// <summary>Nesting of DIEs. Compilers stay below a few hundred.</summary>
    public const int MaxDepth = 8192;

    /// <summary>Steps along DW_AT_abstract_origin and DW_AT_specification; chains of compilers have at most three.</summary>
    public const int MaxOriginSteps = 16;

    /// <summary>Frames of one address.</summary>
    public const int MaxFrames = 256;

    /// <summary>Attributes of one abbreviation.</summary>
    public const int MaxAttributes = 4096;

    /// <summary>Code ranges of one unit or function.</summary>
    public const int MaxRanges = 1 << 21;

    /// <summary>Code ranges of all units together: this many, and one for each two bytes of the file. An honest range takes three bytes or more.</summary>
    public const int UnitRangesBase = 1 << 20;

    /// <summary>Entries of one directory or file table of a line program.</summary>
    public const int MaxLineFiles = 1 << 20;

    /// <summary>Bytes of one composed path.</summary>
    public const int MaxPathBytes = 1 << 16;

    /// <summary>
    /// Work on one module: this many times the size of its debug sections (and <see cref="WorkBase"/> more). Honest files take less than
    /// three times; only units that overlap or share tables on purpose take more.
    /// </summary>
    public const int WorkFactor = 24;

    /// <summary>Bytes of work every module may take however small it is.</summary>
    public const long WorkBase = 64L << 20;

    /// <summary>
    /// A compressed <c>.debug_info</c> from this size on is read while it is unpacked, and its units are given back after use, rather than kept whole.
    /// </summary>
    public const int StreamedInfoBytes = 16 << 20;

    /// <summary>Units that wait unpacked for a thread, in bytes; then the unpacking thread takes one itself.</summary>
    public const int WaitingUnitBytes = 48 << 20;
}
