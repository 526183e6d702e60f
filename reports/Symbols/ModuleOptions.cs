namespace MemTools.Reports.Symbols;

/// <summary>How one module is opened.</summary>
public sealed record ModuleOptions
{
    /// <summary>Every default.</summary>
    public static ModuleOptions Default { get; } = new();

    /// <summary>Folders with debug files, searched by build-id, debug link and file name.</summary>
    public IReadOnlyList<string> SymbolPaths { get; init; } = [];

    /// <summary>The path the module had where it ran, for debug files beside it; null when it is the path opened.</summary>
    public string? RecordedPath { get; init; }

    /// <summary>Where debug files of the system are looked up; null for this machine.</summary>
    public IFileSource? Files { get; init; }

    /// <summary>
    /// Asked last for a debug file by build-id (debuginfod); returns a path on this machine or null. Null to ask nobody.
    /// </summary>
    public Func<string, CancellationToken, string?>? FindByBuildId { get; init; }
}
