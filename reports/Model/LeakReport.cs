namespace MemTools.Reports.Model;

/// <summary>What one check of one process found. JSON form: docs/json.md.</summary>
public sealed record LeakReport
{
    /// <summary>Version of the JSON contract.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Id of the run it came from; null when read from files.</summary>
    public string? Run { get; init; }

    /// <summary>The engine that reported, for example <c>gperftools</c>.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Name of the check, for gperftools <c>_main_</c> or the name of an explicit checker; empty when no check ran.</summary>
    public string Check { get; init; } = "";

    /// <summary>What the check proved.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why, in one sentence, and for NotChecked what to do.</summary>
    public string VerdictReason { get; init; } = "";

    /// <summary>Process that was checked; null when the source does not say.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Program that was checked; null when the source does not say.</summary>
    public string? FilePath { get; init; }

    /// <summary>Total bytes the engine reported (not only those of <see cref="Leaks"/>, which may be cut).</summary>
    public long Bytes { get; init; }

    /// <summary>Total objects the engine reported.</summary>
    public long Objects { get; init; }

    /// <summary>One record per distinct stack, most bytes first.</summary>
    public IReadOnlyList<LeakRecord> Leaks { get; init => field = value.Indexable(); } = [];

    /// <summary>Records taken out by suppressions.</summary>
    public IReadOnlyList<LeakRecord> Suppressed { get; init => field = value.Indexable(); } = [];

    /// <summary>What became of each suppression that was given; empty when none was.</summary>
    public IReadOnlyList<SuppressionUse> Suppressions { get; init => field = value.Indexable(); } = [];

    /// <summary>What the reader must know: truncation, missing debug information, doubtful stacks.</summary>
    public IReadOnlyList<string> Warnings { get; init => field = value.Indexable(); } = [];

    /// <summary>Files the report was read from.</summary>
    public IReadOnlyList<string> Paths { get; init => field = value.Indexable(); } = [];
}
