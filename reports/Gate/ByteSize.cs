using System.Globalization;

namespace MemTools.Reports.Gate;

/// <summary>Sizes as people write them: <c>4096</c>, <c>24MB</c>, <c>1 KB</c>, <c>64KiB</c>, <c>1.5g</c>. Units are powers of 1024, as PowerShell's.</summary>
public static class ByteSize
{
    private const string Units = "KMGTP";

    /// <summary>Bytes; null when the text is no size or does not fit.</summary>
    public static long? TryParse(string? text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.EndsWith("B", StringComparison.OrdinalIgnoreCase))
            rest = rest[..^1];
        bool binary = rest.EndsWith("i", StringComparison.OrdinalIgnoreCase);
        if (binary)
            rest = rest[..^1];
        int power = rest.IsEmpty ? -1 : Units.IndexOf(char.ToUpperInvariant(rest[^1]), StringComparison.Ordinal);
        if (power >= 0)
            rest = rest[..^1];
        else if (binary)
            return null;
        const NumberStyles style = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(rest, style, CultureInfo.InvariantCulture, out decimal number))
            return null;
        number = Math.Abs(number) > long.MaxValue ? decimal.MaxValue : number * (1L << (10 * (power + 1)));
        return Math.Abs(number) <= long.MaxValue ? (long)number : null;
    }
}
