using System.Globalization;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Names of code made at run time, from <c>/tmp/perf-PID.map</c>: lines of start and size in hex and a name, as perf's JIT interface
/// (linux/tools/perf/Documentation/jit-interface.txt) defines them. Later lines replace earlier ones: JITs use memory again.
/// </summary>
public sealed class PerfMap
{
    private const int MaxEntries = 1 << 24;

    private readonly List<(ulong Start, ulong Size, string Name, int Order)> entries;

    private PerfMap(List<(ulong, ulong, string, int)> entries)
    {
        this.entries = entries;
        this.entries.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Order.CompareTo(b.Order));
    }

    /// <summary>Number of entries.</summary>
    public int Count => entries.Count;

    /// <summary>Reads a map; lines that are none are left out.</summary>
    public static PerfMap Read(TextReader reader)
    {
        var list = new List<(ulong, ulong, string, int)>();
        Read(reader, list);
        return new PerfMap(list);
    }

    /// <summary>Name of the code at an address of the process; null when no entry holds it.</summary>
    public string? Find(ulong address)
    {
        int low = 0, high = entries.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (entries[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        // Of entries that hold it the latest counts; a few steps back suffice, for entries are small.
        (int Order, string? Name) best = (-1, null);
        for (int i = low - 1, steps = 0; i >= 0 && steps < 64; i--, steps++)
        {
            if (address - entries[i].Start < entries[i].Size && entries[i].Order > best.Order)
                best = (entries[i].Order, entries[i].Name);
        }

        return best.Name;
    }

    internal static PerfMap? TryReadAll(IReadOnlyList<string> paths, List<string> warnings)
    {
        if (paths.Count == 0)
            return null;
        var list = new List<(ulong, ulong, string, int)>();
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

    private static void Read(TextReader reader, List<(ulong, ulong, string, int)> list)
    {
        while (reader.ReadLine() is { } line && list.Count < MaxEntries)
        {
            int first = line.IndexOf(' '), second = first < 0 ? -1 : line.IndexOf(' ', first + 1);
            if (second < 0 || !Hex(line.AsSpan(0, first), out ulong start) || !Hex(line.AsSpan(first + 1, second - first - 1), out ulong size))
                continue;
            list.Add((start, size, line[(second + 1)..], list.Count));
        }
    }

    private static bool Hex(ReadOnlySpan<char> text, out ulong value) =>
        ulong.TryParse(text.StartsWith("0x") ? text[2..] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
