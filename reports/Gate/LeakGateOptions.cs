using MemTools.Reports.Compare;
using MemTools.Reports.Model;

namespace MemTools.Reports.Gate;

/// <summary>What a pipeline lets through.</summary>
public sealed record LeakGateOptions
{
    /// <summary>Fewer bytes than this pass; null when the bytes do not matter. With both limits null any leak fails.</summary>
    public long? LessThanBytes { get; init; }

    /// <summary>This many objects pass, one more fails; null when the objects do not matter.</summary>
    public long? MaxObjects { get; init; }

    /// <summary>Only what is new or has grown since these reports counts, and of what has grown only the growth; null to count all.</summary>
    public IReadOnlyList<LeakReport>? Baseline { get; init; }

    /// <summary>How the baseline is compared.</summary>
    public LeakComparisonOptions Comparison { get; init; } = new();

    /// <summary>Wildcards: only leaks whose module's path or file name matches one of them count; empty to count all.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Wildcards: leaks that have a frame whose function, source file or module matches one of them do not count.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>True when a process without a completed check passes.</summary>
    public bool AllowUnchecked { get; init; }
}
