using System.Globalization;
using System.Text.RegularExpressions;

namespace MemTools.Reports.Readers;

/// <summary>
/// Dumps of one process over time, by their names: gperftools' <c>PREFIX.0001.heap</c>, jemalloc's <c>PREFIX.PID.SEQ.i3.heap</c>. Numbers may
/// have outgrown their zeros.
/// </summary>
public static partial class DumpSeries
{
    /// <summary>True when there are several files and all are dumps of one process.</summary>
    public static bool Holds(IReadOnlyList<string> paths) =>
        paths.Count > 1 && paths.All(path => Parse(path) is not null) && paths.Select(path => Parse(path)!.Value.Process).Distinct().Count() == 1;

    /// <summary>In the order in which they were written; names that are no dumps' by name.</summary>
    public static string[] Sort(IEnumerable<string> paths) =>
        [.. paths.OrderBy(path => Parse(path)?.Process ?? path, StringComparer.Ordinal).ThenBy(path => Parse(path)?.Number ?? 0).ThenBy(path => path, StringComparer.Ordinal)];

    private static (string Process, long Number)? Parse(string path)
    {
        Match match = Name().Match(path);
        return match.Success && long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? (match.Groups["process"].Value, number) : null;
    }

    [GeneratedRegex(@"^(?<process>.*)\.(?<number>\d{4,18})\.heap(?:\.gz)?$|^(?<process>.*\.\d+)\.(?<number>\d+)\.[imuf]\d*\.heap(?:\.gz)?$", RegexOptions.Singleline)]
    private static partial Regex Name();
}
