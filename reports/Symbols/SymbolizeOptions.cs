namespace MemTools.Reports.Symbols;

/// <summary>Where the symbolizer looks and what it may do.</summary>
public sealed record SymbolizeOptions
{
    /// <summary>Programs or libraries given by the user; each replaces the recorded module with the same file name (or the main program when only one is given and none matches).</summary>
    public IReadOnlyList<string> BinaryPaths { get; init; } = [];

    /// <summary>Folders with debug files, searched by build-id, by debuglink name and by module file name.</summary>
    public IReadOnlyList<string> SymbolPaths { get; init; } = [];

    /// <summary>debuginfod servers; empty for none. The environment's DEBUGINFOD_URLS is read by the front, not here.</summary>
    public IReadOnlyList<string> DebuginfodUrls { get; init; } = [];

    /// <summary>Expands inlined calls to lines of their own.</summary>
    public bool Inlines { get; init; } = true;
}
