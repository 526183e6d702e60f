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

    /// <summary>When the profile was taken; null when the format does not say.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>How long it covers; zero when the format does not say.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Free text that came with the profile.</summary>
    public List<string> Comments { get; init; } = [];

    /// <summary>What a reader of the report must know: truncation, dropped buckets, missing modules.</summary>
    public List<string> Warnings { get; init; } = [];
}
