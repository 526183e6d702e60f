namespace MemTools.Reports.Model;

/// <summary>One distinct stack with its values, as profile.proto's Sample.</summary>
public sealed class Sample
{
    /// <summary>Indices into <see cref="Profile.Locations"/>, leaf (the allocation) first.</summary>
    public required int[] Locations { get; init; }

    /// <summary>One value per <see cref="Profile.SampleTypes"/> entry.</summary>
    public required long[] Values { get; init; }

    /// <summary>Text labels (profile.proto's Label), for example <c>kind=direct</c>, <c>thread=12</c>; null when none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Numeric labels, for example <c>bytes</c> (size of one object); null when none.</summary>
    public IReadOnlyDictionary<string, long>? NumericLabels { get; init; }
}
