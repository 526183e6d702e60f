namespace MemTools.Reports.Model;

/// <summary>One heap profile, or one dump of a series: what it holds in total, and the stacks for reports.</summary>
public sealed class HeapProfile
{
    /// <summary>Wraps a profile.</summary>
    /// <param name="paths">Files it was read from; several were added up.</param>
    /// <param name="content">Stacks, addresses, mappings.</param>
    /// <param name="index">Place in a series, from 0.</param>
    public HeapProfile(IReadOnlyList<string> paths, Profile content, int index = 0)
    {
        Paths = paths;
        Content = content;
        Index = index;
        Totals = content.SampleTypes.Select((type, column) => new SampleTotal(type.Type, type.Unit, Total(content, column))).ToArray();
    }

    /// <summary>Sum of one column.</summary>
    public static long Total(Profile profile, int column) => Graph.Magnitude.Sum(profile.Samples.Select(sample => sample.Values[column]));

    /// <summary>Files it was read from.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Place in a series, from 0.</summary>
    public int Index { get; }

    /// <summary>When it was taken; null when the format does not say.</summary>
    public DateTimeOffset? Time => Content.Time;

    /// <summary>True when it is the difference of two profiles: the newer one's path is first.</summary>
    public bool IsDifference { get; init; }

    /// <summary>Sum of each sample type.</summary>
    public IReadOnlyList<SampleTotal> Totals { get; }

    /// <summary>Distinct stacks.</summary>
    public int Stacks => Content.Samples.Count;

    /// <summary>Sampling period in bytes; 0 when every allocation was recorded.</summary>
    public long Period => Content.Period;

    /// <summary>Truncation, dropped buckets, missing modules.</summary>
    public IReadOnlyList<string> Warnings => Content.Warnings.Indexable();

    /// <summary>The profile itself; internal, so that it is not written out with the totals.</summary>
    internal Profile Content { get; }
}

/// <summary>Sum of one column of a profile.</summary>
public sealed record SampleTotal(string Type, string Unit, long Value)
{
    /// <summary><c>inuse_space 7036 bytes</c>.</summary>
    public override string ToString() => $"{Type} {Value.ToString(System.Globalization.CultureInfo.InvariantCulture)} {Unit}";
}
