using MemTools.Reports.Model;

namespace MemTools.Reports.Gate;

/// <summary>How a gate decided.</summary>
public enum LeakGateOutcome
{
    /// <summary>Checked, and within the limits.</summary>
    Passed,

    /// <summary>More leaks than the limits allow.</summary>
    Leaks,

    /// <summary>Within the limits, but at least one process was not checked.</summary>
    NotChecked,
}

/// <summary>A decision of the gate and what it rests on.</summary>
public sealed record LeakGateResult
{
    public required LeakGateOutcome Outcome { get; init; }

    /// <summary>Bytes that count.</summary>
    public long Bytes { get; init; }

    /// <summary>Objects that count.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes of <see cref="Bytes"/> that the engine reported without a stack (its report was cut): no filter or baseline can excuse them.</summary>
    public long UnattributedBytes { get; init; }

    /// <summary>The leaks that count, most bytes first; of those that have grown, the growth.</summary>
    public IReadOnlyList<LeakRecord> Leaks { get; init => field = value.Indexable(); } = [];

    /// <summary>How many leaks were ignored by pattern or module.</summary>
    public int Ignored { get; init; }

    /// <summary>How many leaks the baseline excuses.</summary>
    public int Known { get; init; }

    /// <summary>The reports without a completed check.</summary>
    public IReadOnlyList<LeakReport> Unchecked { get; init => field = value.Indexable(); } = [];

    /// <summary>All reports that were looked at.</summary>
    public IReadOnlyList<LeakReport> Reports { get; init => field = value.Indexable(); } = [];

    /// <summary>The limits.</summary>
    public required LeakGateOptions Options { get; init; }
}
