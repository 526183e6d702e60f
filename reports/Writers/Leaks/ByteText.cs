using System.Globalization;

namespace MemTools.Reports.Writers;

/// <summary>Prints sizes and counts for people, in the invariant culture.</summary>
public static class ByteText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A size in the largest unit (powers of 1,024) that leaves a number of at least 1, with one decimal below 100: <c>812 B</c>, <c>6.9 KiB</c>, <c>123 MiB</c>.</summary>
    public static string Human(long bytes)
    {
        double value = Math.Abs((double)bytes);
        int unit = 0;
        while (unit < Units.Length - 1 && Math.Round(value, value < 100 ? 1 : 0) >= 1024)
        {
            value /= 1024;
            unit++;
        }

        string number = unit == 0 || value >= 99.95 ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("0.0", CultureInfo.InvariantCulture);
        return (bytes < 0 ? "-" : "") + number + " " + Units[unit];
    }

    /// <summary>An exact number with thousands separators: <c>7,036</c>.</summary>
    public static string Exact(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Exact and human size: <c>7,036 bytes (6.9 KiB)</c>.</summary>
    public static string Full(long bytes) =>
        $"{Exact(bytes)} {(bytes == 1 ? "byte" : "bytes")}{(Math.Abs(bytes) >= 1024 ? $" ({Human(bytes)})" : "")}";

    /// <summary>A count with its noun: <c>1 object</c>, <c>15 objects</c>.</summary>
    public static string Count(long number, string noun) => $"{Exact(number)} {noun}{(number == 1 ? "" : "s")}";
}
