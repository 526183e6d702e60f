using System.Globalization;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Names of code made at run time, from <c>/tmp/perf-PID.map</c>: lines of start and size in hex and a name, as perf's JIT interface
/// (linux/tools/perf/Documentation/jit-interface.txt) defines them. Later lines replace earlier ones: JITs use memory again.
/// </summary>
public sealed class PerfMap
{
    private const int MaxEntries = 1 << 24;

    /// <summary>Where the entry that counts changes, ascending, and which counts from there on (null: none).</summary>
    private readonly List<ulong> starts = [];
    private readonly List<string?> names = [];

    private PerfMap(List<(ulong Start, ulong Size, string Name)> entries)
    {
        Count = entries.Count;
        Flatten(entries);
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>Reads a map; lines that are none are left out.</summary>
    public static PerfMap Read(TextReader reader)
    {
        var list = new List<(ulong, ulong, string)>();
        Read(reader, list);
        return new PerfMap(list);
    }

    /// <summary>Name of the code at an address of the process; null when no entry holds it.</summary>
    public string? Find(ulong address)
    {
        int i = starts.BinarySearch(address);
        if (i < 0)
            i = ~i - 1;
        return i < 0 ? null : names[i];
    }

    internal static PerfMap? TryReadAll(IReadOnlyList<string> paths, List<string> warnings)
    {
        if (paths.Count == 0)
            return null;
        var list = new List<(ulong, ulong, string)>();
        foreach (string path in paths)
        {
            try
            {
                using var reader = new StreamReader(path);
                Read(reader, list);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                warnings.Add($"{path} cannot be read: {e.Message}");
            }
        }

        return new PerfMap(list);
    }

    /// <summary>Goes over all starts and ends in ascending order; of the entries that hold a stretch the latest counts.</summary>
    private void Flatten(List<(ulong Start, ulong Size, string Name)> entries)
    {
        int[] order = [.. Enumerable.Range(0, entries.Count).Where(i => entries[i].Size > 0)];
        Array.Sort(Array.ConvertAll(order, i => entries[i].Start), order);
        ulong[] ends = Array.ConvertAll(order, End);
        Array.Sort(ends);
        var open = new PriorityQueue<int, int>();
        for (int next = 0, ended = 0; ended < ends.Length;)
        {
            ulong at = next < order.Length ? Math.Min(entries[order[next]].Start, ends[ended]) : ends[ended];
            for (; next < order.Length && entries[order[next]].Start == at; next++)
                open.Enqueue(order[next], -order[next]);
            while (ended < ends.Length && ends[ended] == at)
                ended++;
            while (open.TryPeek(out int latest, out _) && End(latest) <= at)
                open.Dequeue();
            string? name = open.TryPeek(out int top, out _) ? entries[top].Name : null;
            if (names.Count > 0 && ReferenceEquals(names[^1], name))
                continue;
            starts.Add(at);
            names.Add(name);
        }

        ulong End(int i) => unchecked(entries[i].Start + entries[i].Size) < entries[i].Start ? ulong.MaxValue : entries[i].Start + entries[i].Size;
    }

    private static void Read(TextReader reader, List<(ulong, ulong, string)> list)
    {
        while (reader.ReadLine() is { } line && list.Count < MaxEntries)
        {
            int first = line.IndexOf(' '), second = first < 0 ? -1 : line.IndexOf(' ', first + 1);
            if (second < 0 || !Hex(line.AsSpan(0, first), out ulong start) || !Hex(line.AsSpan(first + 1, second - first - 1), out ulong size))
                continue;
            list.Add((start, size, line[(second + 1)..]));
        }
    }

    private static bool Hex(ReadOnlySpan<char> text, out ulong value) =>
        ulong.TryParse(text.StartsWith("0x") ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
