using System.Globalization;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Views;

/// <summary>What the page says beside the profile itself.</summary>
public sealed record HtmlFacts
{
    public required string Title { get; init; }

    /// <summary>Name and value, in order: program, allocator, engine, …</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];

    /// <summary>What the check proved and why, in one sentence; null when the profile is of no leak check.</summary>
    public (Verdict Value, string Reason)? Verdict { get; init; }

    /// <summary>Label and total of each dump of a series; empty when there is none.</summary>
    public IReadOnlyList<HistoryPoint> Series { get; init; } = [];

    /// <summary>True when values are differences.</summary>
    public bool IsDiff { get; init; }

    /// <summary>Facts that the profile and its files give.</summary>
    /// <param name="profile">The profile that is shown.</param>
    /// <param name="title">Title of the page.</param>
    /// <param name="paths">Files it was read from.</param>
    /// <param name="before">File that was subtracted; null when the page shows no comparison.</param>
    public static HtmlFacts Of(Profile profile, string title, IReadOnlyList<string> paths, string? before = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var facts = new List<(string, string)> { (before is null ? "Profile" : "After", string.Join(", ", paths)) };
        if (before is not null)
            facts.Add(("Before", before));
        if (profile.Mappings.Find(mapping => mapping.IsExecutable && mapping.Path.StartsWith('/')) is { } main)
            facts.Add(("Program", main.Path));
        if (profile.Mappings.Find(mapping => AllocatorName(mapping.Path) is not null) is { } allocator)
            facts.Add(("Allocator", AllocatorName(allocator.Path)!));
        if (profile.Time is { } time)
            facts.Add(("Taken", time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)));
        if (profile.Duration > TimeSpan.Zero)
            facts.Add(("Duration", profile.Duration.ToString("c", CultureInfo.InvariantCulture)));
        if (profile.Period > 1 && profile.PeriodType.Unit is { Length: > 0 } unit)
            facts.Add(("Sampled", string.Create(CultureInfo.InvariantCulture, $"once every {profile.Period:N0} {unit}, on average")));
        return new HtmlFacts { Title = title, Facts = facts, Series = profile.History, IsDiff = before is not null };
    }

    /// <summary>The library's file name where it is an allocator's; null otherwise.</summary>
    private static string? AllocatorName(string path)
    {
        string name = Path.GetFileName(path);
        return Graph.AllocatorFrames.IsModule(path) && !name.StartsWith("libclang_rt.", StringComparison.Ordinal) ? name : null;
    }
}
