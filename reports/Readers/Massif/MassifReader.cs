using System.Globalization;
using System.Text.RegularExpressions;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Massif;

/// <summary>
/// valgrind massif's output: snapshots over time, some with a tree of allocation stacks. The peak's tree is read (the last detailed
/// one where there is no peak); the totals of all snapshots are the profile's history.
/// </summary>
/// <remarks>
/// <code>tree := (" "{depth} "n" children ": " bytes " " ("0x" addr ": " function (" (" file ":" line ")" | " (in " module ")")? | text))*</code>
/// Source: massif/ms_main.c and ms_print of valgrind 3.19.
/// </remarks>
public static partial class MassifReader
{
    private const int MaxDepth = 4096;

    /// <summary>True when the beginning of a file is that of this format.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith("desc:"u8) && beginning.IndexOf("\n#-----------\nsnapshot="u8) >= 0;

    /// <summary>Reads to the end.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c> with the line.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        var history = new List<HistoryPoint>();
        string unit = "";
        NamedStacks? chosen = null;
        bool isPeak = false;
        long number = 0;
        string time = "0";
        while (reader.ReadLine() is { } line)
        {
            if ((++number & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            if (line.StartsWith("time_unit: ", StringComparison.Ordinal))
                unit = line[11..].Trim();
            else if (line.StartsWith("time=", StringComparison.Ordinal))
                time = line[5..];
            else if (line.StartsWith("mem_heap_B=", StringComparison.Ordinal))
                history.Add(new HistoryPoint($"{time} {unit}".TrimEnd(), long.TryParse(line.AsSpan(11), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : throw ReportErrors.Malformed(name, number, 0, "expected mem_heap_B=BYTES")));
            else if (line is "heap_tree=peak" || (line is "heap_tree=detailed" && !isPeak))
            {
                isPeak |= line is "heap_tree=peak";
                chosen = new Tree(reader, name, number).Read(ref number);
            }
        }

        if (history.Count == 0)
            throw ReportErrors.Malformed(name, number, 0, "the file ends before its first snapshot");
        List<string> warnings = chosen is null ? ["No snapshot has stacks: the program allocated nothing, or massif's --detailed-freq left them out."] : [];
        Profile profile = (chosen ?? new NamedStacks()).ToProfile([new SampleType("inuse_space", "bytes")], warnings);
        profile.History.AddRange(history);
        return profile;
    }

    [GeneratedRegex(@"^( *)n(\d{1,9}): (\d{1,18}) (.*)$")]
    private static partial Regex TreeLine();

    [GeneratedRegex(@"^0x([0-9A-Fa-f]{1,16}): (.*?)(?: \((?:in (?<module>[^()]*)|(?<file>[^()]*):(?<line>\d{1,9}))\))?$")]
    private static partial Regex Frame();

    /// <summary>One tree: each node's own value is what its children do not have.</summary>
    private sealed class Tree(StreamReader reader, string name, long start)
    {
        private readonly NamedStacks stacks = new();
        private readonly List<int> path = [];

        public NamedStacks Read(ref long number)
        {
            ReadNode(ref number, 0);
            return stacks;
        }

        private long ReadNode(ref long number, int depth)
        {
            string line = reader.ReadLine() ?? throw ReportErrors.Malformed(name, number, 0, "the file ends inside a tree of stacks");
            number++;
            Match match = TreeLine().Match(line);
            if (!match.Success || match.Groups[1].Length != depth || depth > MaxDepth)
                throw ReportErrors.Malformed(name, number, 0, $"expected a node of the tree that begins at line {start}, at depth {depth}");
            long bytes = long.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture);
            int children = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            if (depth > 0)
                path.Add(Place(match.Groups[4].Value));
            long below = 0;
            for (int child = 0; child < children; child++)
                below += ReadNode(ref number, depth + 1);
            if (bytes > below)
            {
                // The tree goes from the allocation outwards, so the path is leaf first already.
                stacks.Samples.Add(new Sample { Locations = [.. path], Values = [bytes - below] });
            }

            if (depth > 0)
                path.RemoveAt(path.Count - 1);
            return bytes;
        }

        private int Place(string text)
        {
            Match frame = Frame().Match(text);
            if (!frame.Success)
                return stacks.Frame(text, "", 0); // "in 12 places, each below massif's threshold (1.00%)"
            ulong address = ulong.Parse(frame.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            int line = frame.Groups["line"].Success ? int.Parse(frame.Groups["line"].Value, CultureInfo.InvariantCulture) : 0;
            string function = frame.Groups[2].Value;
            return stacks.Frame(function == "???" ? "" : function, frame.Groups["file"].Value, line, frame.Groups["module"].Value, address);
        }
    }
}
