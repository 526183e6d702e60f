namespace MemTools.Reports.Model;

/// <summary>
/// What every reader makes and every writer takes: the concepts of pprof's profile.proto. Samples hold indices, so that
/// a hundred thousand stacks over fifty thousand addresses cost what they must and no more.
/// </summary>
public sealed class Profile
{
    /// <summary>What the columns of <see cref="Sample.Values"/> count.</summary>
    public required IReadOnlyList<SampleType> SampleTypes { get; init; }

    /// <summary>Distinct stacks.</summary>
    public required List<Sample> Samples { get; init; }

    /// <summary>Distinct addresses.</summary>
    public required List<Location> Locations { get; init; }

    /// <summary>Mapped ranges, sorted by <see cref="Mapping.Start"/>.</summary>
    public required List<Mapping> Mappings { get; init; }

    /// <summary>Sampling period in <see cref="PeriodType"/>'s unit; 0 when every event was recorded.</summary>
    public long Period { get; init; }

    /// <summary>What <see cref="Period"/> counts; default when not sampled.</summary>
    public SampleType PeriodType { get; init; }

    /// <summary>The column shown unless asked otherwise (an entry of <see cref="SampleTypes"/> by name); null for the last one.</summary>
    public string? DefaultSampleType { get; init; }

    /// <summary>Functions (an expression) that are dropped with all that they call, as profile.proto's drop_frames; null for none.</summary>
    public string? DropFrames { get; init; }

    /// <summary>Functions (an expression) that stay although <see cref="DropFrames"/> names them; null for none.</summary>
    public string? KeepFrames { get; init; }

    /// <summary>When the profile was taken; null when the format does not say.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>How long it covers; zero when the format does not say.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Totals of the default sample type over time, where the format has them (massif, heaptrack).</summary>
    public List<HistoryPoint> History { get; init; } = [];

    /// <summary>Free text that came with the profile.</summary>
    public List<string> Comments { get; init; } = [];

    /// <summary>What a reader of the report must know: truncation, dropped buckets, missing modules.</summary>
    public List<string> Warnings { get; init; } = [];
}

/// <summary>The total at one moment.</summary>
/// <param name="Label">When: a time with its unit, or the dump's file name.</param>
/// <param name="Total">In the unit of the sample type.</param>
public readonly record struct HistoryPoint(string Label, long Total);
