using System.Globalization;
using System.Text.RegularExpressions;

namespace MemTools.Reports.Gate;

/// <summary>Limits as text: from how many leaked bytes or objects on a check fails.</summary>
/// <remarks><c>limit := "any" | "none" | size | count " "? "object" "s"?</c>; sizes as <see cref="ByteSize"/> reads them.</remarks>
public sealed partial record LeakLimit
{
    /// <summary>So many bytes fail; null when the text limits no bytes.</summary>
    public long? Bytes { get; private init; }

    /// <summary>So many objects fail; null when the text limits no objects.</summary>
    public long? Objects { get; private init; }

    /// <summary>True when no amount fails.</summary>
    public bool IsNone { get; private init; }

    /// <summary>Any leak fails.</summary>
    public static LeakLimit Any { get; } = new();

    /// <summary>The limit; null when the text is none.</summary>
    public static LeakLimit? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
            return Any;
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return new LeakLimit { IsNone = true };
        if (ObjectCount().Match(text) is { Success: true } match)
            return long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count > 0 ? new LeakLimit { Objects = count } : null;
        return ByteSize.TryParse(text) is { } bytes and > 0 ? new LeakLimit { Bytes = bytes } : null;
    }

    /// <summary>The options of the gate: whichever limit is reached first fails.</summary>
    public static LeakGateOptions Apply(IEnumerable<LeakLimit> limits, LeakGateOptions options)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(options);
        foreach (LeakLimit limit in limits)
        {
            // Nothing is stricter than no leak at all.
            if (limit is { IsNone: false, Bytes: null, Objects: null })
                return options with { LessThanBytes = null, MaxObjects = null };
            options = options with
            {
                LessThanBytes = Smaller(options.LessThanBytes, limit.IsNone ? long.MaxValue : limit.Bytes),
                MaxObjects = Smaller(options.MaxObjects, limit.Objects - 1),
            };
        }

        return options;
    }

    private static long? Smaller(long? left, long? right) => left is null || right < left ? right : left;

    [GeneratedRegex(@"^\s*(\d+)\s*objects?\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ObjectCount();
}
