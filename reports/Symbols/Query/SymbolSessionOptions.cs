using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.Reports.Symbols.Query;

/// <summary>What a <see cref="SymbolSession"/> resolves, and how.</summary>
public sealed record SymbolSessionOptions
{
    /// <summary>
    /// Without <see cref="Mappings"/>: the one program or library whose virtual addresses are asked. With them: files that stand for
    /// recorded modules of the same name.
    /// </summary>
    public IReadOnlyList<string> BinaryPaths { get; init; } = [];

    /// <summary>The memory map of a process: addresses are absolute. Empty when addresses are a file's own.</summary>
    public IReadOnlyList<Mapping> Mappings { get; init; } = [];

    /// <summary>Names of code made at run time (<c>/tmp/perf-PID.map</c>).</summary>
    public IReadOnlyList<string> PerfMaps { get; init; } = [];

    /// <summary>Folders with debug files.</summary>
    public IReadOnlyList<string> SymbolPaths { get; init; } = [];

    /// <summary>Warnings also tell, once for each module without lines, what would supply them.</summary>
    public bool NoteMissing { get; init; }

    /// <summary>Where modules of <see cref="Mappings"/> and debug files are read from (a sysroot); null for this machine.</summary>
    public IFileSource? Files { get; init; }

    /// <summary>debuginfod servers; empty for none. The environment's DEBUGINFOD_URLS is read by the front, not here.</summary>
    public IReadOnlyList<string> DebuginfodUrls { get; init; } = [];

    /// <summary>Asked last for a debug file by build-id, instead of <see cref="DebuginfodUrls"/>; null to ask those.</summary>
    public Func<string, CancellationToken, string?>? FindByBuildId { get; init; }

    /// <summary>Addresses are return addresses: what is named is the call before them.</summary>
    public bool ReturnAddresses { get; init; }

    /// <summary>How names are shown; null to leave them mangled.</summary>
    public DemangleStyle? Style { get; init; } = DemangleStyle.Full;

    /// <summary>What is wanted of each address.</summary>
    public ResolveOptions Resolve { get; init; } = ResolveOptions.Default;
}
