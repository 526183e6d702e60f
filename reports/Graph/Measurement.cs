using System.Globalization;

namespace MemTools.Reports.Graph;

/// <summary>Scales and prints values with units, as pprof: bytes in steps of 1,024, times in steps of their units, counts as they are.</summary>
public sealed class Measurement
{
    private static readonly (string Name, double Factor)[] Bytes =
        [("B", 1), ("kB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40), ("PB", 1L << 50)];

    private static readonly (string Name, double Factor)[] Time =
        [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("mins", 60e9), ("hrs", 3600e9)];

    private readonly double factor;
    private readonly string suffix;
    private readonly (string Name, double Factor)[]? autoScale;
    private readonly double toBase;

    private Measurement(double toBase, double factor, string suffix, (string, double)[]? autoScale)
    {
        this.toBase = toBase;
        this.factor = factor;
        this.suffix = suffix;
        this.autoScale = autoScale;
    }

    /// <summary>The unit that values are printed in; empty for counts and for <c>auto</c>.</summary>
    public string Unit => autoScale is null ? suffix : "";

    /// <summary>Chooses the unit of a report.</summary>
    /// <param name="unit">The profile's unit, for example bytes, count, nanoseconds.</param>
    /// <param name="wanted"><c>minimum</c>, <c>auto</c> or a unit.</param>
    /// <param name="smallest">Smallest value shown, absolute and not 0; decides <c>minimum</c>.</param>
    /// <param name="largest">Largest value shown.</param>
    public static Measurement For(string unit, string wanted, long smallest, long largest)
    {
        ((string, double)[]? scale, double toBase) = Scale(unit);
        if (scale is null)
            return new Measurement(1, 1, unit is "count" or "" ? "" : unit, null);
        if (wanted == "auto")
            return new Measurement(toBase, 1, "", scale);
        foreach ((string name, double factor) in scale)
        {
            if (string.Equals(name, Canonical(wanted), StringComparison.OrdinalIgnoreCase))
                return new Measurement(toBase, factor, name, null);
        }

        // As small a unit as lets the smallest value keep two decimals when largest and smallest are far apart.
        double low = Math.Abs((double)smallest) * toBase;
        double high = Math.Abs((double)largest) * toBase;
        (string, double) best = Best(scale, low == 0 ? high : low);
        if (best != Best(scale, high) && low * 100 < high)
            best = Best(scale, low * 100);
        return new Measurement(toBase, best.Item2, best.Item1, null);
    }

    /// <summary>A value with its unit, two decimals at most: <c>1.50MB</c>, <c>12kB</c>, <c>0</c>.</summary>
    public string Label(long value)
    {
        if (value == 0)
            return "0";
        (string name, double divisor) = autoScale is null ? (suffix, factor) : Best(autoScale, Math.Abs(value * toBase));
        double scaled = value * toBase / divisor;
        string text = TwoDecimals(scaled);
        if (text.EndsWith(".00", StringComparison.Ordinal))
            text = text[..^3];
        return text is "0" or "-0" ? "0" : text + name;
    }

    /// <summary>Halves to even, as Go prints them: 190.125 is 190.12.</summary>
    private static string TwoDecimals(double value)
    {
        double hundreds = value * 100;
        bool isHalf = Math.Abs(hundreds) < 1e15 && Math.Abs(hundreds - Math.Floor(hundreds) - 0.5) < 1e-9;
        return (isHalf ? Math.Round((decimal)value, 2, MidpointRounding.ToEven).ToString("0.00", CultureInfo.InvariantCulture) : value.ToString("0.00", CultureInfo.InvariantCulture));
    }

    /// <summary>A percentage of a total in pprof's widths: <c>12.34%</c>, <c>1.2%</c>… never more than five digits.</summary>
    public static string Percent(long value, long total)
    {
        double ratio = total == 0 ? 0 : Math.Abs((double)value / total) * 100;
        return ratio switch
        {
            >= 99.95 and <= 100.05 => "  100%",
            >= 1.0 => ratio.ToString("0.00", CultureInfo.InvariantCulture).PadLeft(5) + "%",
            _ => Significant(ratio).PadLeft(5) + "%",
        };
    }

    /// <summary>Two significant digits.</summary>
    private static string Significant(double ratio)
    {
        if (ratio == 0)
            return "0";
        string text = ratio.ToString("G2", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0 ? text : text[..exponent] + "e" + text[(exponent + 1)..];
    }

    private static ((string Name, double Factor)[]? Scale, double ToBase) Scale(string unit) => unit.ToLowerInvariant() switch
    {
        "bytes" or "byte" or "b" => (Bytes, 1),
        "kilobytes" or "kb" => (Bytes, 1 << 10),
        "megabytes" or "mb" => (Bytes, 1 << 20),
        "nanoseconds" or "ns" => (Time, 1),
        "microseconds" or "us" => (Time, 1e3),
        "milliseconds" or "ms" => (Time, 1e6),
        "seconds" or "s" => (Time, 1e9),
        _ => (null, 1),
    };

    private static string Canonical(string unit) => unit.ToLowerInvariant() switch
    {
        "bytes" or "byte" => "B",
        "kilobytes" => "kB",
        "megabytes" => "MB",
        "gigabytes" => "GB",
        "nanoseconds" => "ns",
        "microseconds" => "us",
        "milliseconds" => "ms",
        "seconds" or "sec" => "s",
        "minutes" => "mins",
        "hours" => "hrs",
        string other => other,
    };

    private static (string Name, double Factor) Best((string Name, double Factor)[] scale, double value)
    {
        (string Name, double Factor) best = scale[0];
        foreach ((string Name, double Factor) step in scale)
        {
            if (value >= step.Factor)
                best = step;
        }

        return best;
    }
}
