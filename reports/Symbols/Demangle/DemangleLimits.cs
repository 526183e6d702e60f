namespace MemTools.Reports.Symbols.Demangle;

/// <summary>What one name may cost. A name that would need more is returned mangled: symbol tables come from anywhere.</summary>
internal static class DemangleLimits
{
    /// <summary>Longest mangled name looked at, in bytes.</summary>
    public const int MaxMangledBytes = 128 * 1024;

    /// <summary>Longest readable name written, in bytes.</summary>
    public const int MaxOutputBytes = 4 * 1024 * 1024;

    /// <summary>Most grammar rules entered while reading one name; bounds the backtracking of conversion operators.</summary>
    public const int MaxParseSteps = 1_000_000;

    /// <summary>Most nodes visited while writing one name; bounds substitutions that double at every level.</summary>
    public const int MaxPrintSteps = 1_000_000;

    /// <summary>Deepest nesting of grammar rules while reading, and of nodes while writing.</summary>
    public const int MaxDepth = 1024;

    /// <summary>Buffers of a thread grown beyond this many elements are given back after the name that needed them.</summary>
    public const int MaxRetainedElements = 256 * 1024;
}
