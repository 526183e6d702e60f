namespace MemTools.Reports.Writers;

/// <summary>How reports for machines name files and limit their length.</summary>
public sealed record MachineReportOptions
{
    /// <summary>
    /// The folder that the sources were compiled in, as the debug information records it (for example <c>/src/app</c> or a build agent's checkout). Files
    /// below it become relative paths, which code scanning and merge requests need to show a leak at its line. Null to leave paths as they are.
    /// </summary>
    public string? SourceRoot { get; init; }

    /// <summary>When the report is made, for formats that have a time.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Most annotations written; GitHub shows ten of a kind per step.</summary>
    public int MaxAnnotations { get; init; } = 10;

    /// <summary>Records listed in the Markdown summary.</summary>
    public int MaxRows { get; init; } = 20;

    /// <summary>Why the leaks are accepted, for suppressions; null to leave it out.</summary>
    public string? Reason { get; init; }

    /// <summary>The suppressions' last day; null for ever.</summary>
    public DateOnly? Expires { get; init; }
}
