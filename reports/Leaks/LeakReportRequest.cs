using MemTools.Reports.Symbols;

namespace MemTools.Reports.Leaks;

/// <summary>Which reports to read and how to name their addresses.</summary>
public sealed record LeakReportRequest
{
    /// <summary>Files (an engine's output or a kept standard error) and folders whose files are taken by content.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Where symbols come from.</summary>
    public SymbolizeOptions Symbols { get; init; } = new();

    /// <summary>False to leave addresses unnamed (fast, for totals and verdicts only).</summary>
    public bool Symbolize { get; init; } = true;

    /// <summary>Id of the run the files belong to; null when read from files alone.</summary>
    public string? Run { get; init; }

    /// <summary>The program that ran, where the files do not say; null when unknown.</summary>
    public string? FilePath { get; init; }

    /// <summary>What is known of the process besides its files; null when nothing is.</summary>
    public ProcessFacts? Facts { get; init; }

    /// <summary>The engine that was asked for (<c>gperftools</c>, <c>leaksanitizer</c>, <c>jemalloc</c>, <c>valgrind</c>, <c>mtrace</c>, <c>heaptrack</c>), to explain silence; null when unknown.</summary>
    public string? Engine { get; init; }

    /// <summary>Counts memory that is still reachable, as mode draconian does, where the engine can tell it apart.</summary>
    public bool IncludeReachable { get; init; }
}
