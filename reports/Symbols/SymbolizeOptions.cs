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

    /// <summary>Maps of code made at run time (<c>/tmp/perf-PID.map</c>), for addresses in no module.</summary>
    public IReadOnlyList<string> PerfMaps { get; init; } = [];

    /// <summary>Asked last for a debug file by build-id (a debuginfod client); returns a path on this machine or null.</summary>
    public Func<string, CancellationToken, string?>? FindByBuildId { get; init; }
}
