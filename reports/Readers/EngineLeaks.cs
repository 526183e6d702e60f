using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>What one process's report of an engine holds, before verdict and symbols.</summary>
public sealed record EngineLeaks
{
    /// <summary>The engine's name: <c>leaksanitizer</c>, <c>valgrind</c>, <c>jemalloc</c>, <c>mtrace</c>, <c>heaptrack</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>Process; null when the report does not say.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Program; null when the report does not say.</summary>
    public string? FilePath { get; init; }

    /// <summary>Stacks with objects and bytes; the label <c>kind</c> of a sample is a <see cref="LeakKind"/>'s name.</summary>
    public required Profile Profile { get; init; }

    /// <summary>Names by location index, for locations that the symbolizer cannot name.</summary>
    internal IReadOnlyDictionary<int, Line[]> Fallbacks { get; init; } = new Dictionary<int, Line[]>();

    /// <summary>Bytes as the engine sums them; null when it gives no sum.</summary>
    public long? Bytes { get; init; }

    /// <summary>Objects as the engine sums them; null when it gives no sum.</summary>
    public long? Objects { get; init; }

    /// <summary>True when the report shows that the check ran to its end.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Why no check was made, in the engine's words; null when one was.</summary>
    public string? Failure { get; init; }

    /// <summary>The same report with a reason why it proves nothing.</summary>
    public EngineLeaks WithFailure(string failure) => this with { Failure = failure };
}
