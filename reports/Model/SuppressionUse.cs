namespace MemTools.Reports.Model;

/// <summary>Whether a suppression was used.</summary>
public enum SuppressionState
{
    /// <summary>It set records aside.</summary>
    Used,

    /// <summary>It matched nothing: perhaps the leak is mended.</summary>
    Unused,

    /// <summary>Its last day is past: it sets nothing aside any more.</summary>
    Expired,
}

/// <summary>What became of one suppression.</summary>
public sealed record SuppressionUse
{
    /// <summary>The name of a block of valgrind's, or the pattern behind <c>leak:</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where it is written, <c>file:line</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>Why it is accepted; null when not said.</summary>
    public string? Reason { get; init; }

    /// <summary>Its last day; null when it holds for ever.</summary>
    public DateOnly? Expires { get; init; }

    /// <summary>Whether it was used, in any of the reports that were read together.</summary>
    public SuppressionState State { get; init; }

    /// <summary>Records of the report that it matched, also when it has expired.</summary>
    public int Records { get; init; }

    /// <summary>Objects of those records.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes of those records.</summary>
    public long Bytes { get; init; }
}
