using System.Globalization;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Collapsed stacks: <c>root;caller;leaf value</c>, one a line.</summary>
public static class CollapsedReader
{
    /// <summary>Longest line; longer ones are not stacks.</summary>
    private const int MaxLine = 1 << 20;

    /// <summary>True when the first line is a stack of several frames and a number, or every whole line to be seen ends in a number.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning)
    {
        ReadOnlySpan<byte> rest = beginning;
        ReadOnlySpan<byte> line = NextLine(ref rest);
        if (!IsStack(line))
            return false;
        // The last frame of a stack may be the only one; then one line says too little.
        bool whole = line[..line.LastIndexOf((byte)' ')].Contains((byte)';');
        if (!whole && line.Length == beginning.Length)
            return false;
        while (!whole && rest.Contains((byte)'\n'))
        {
            if (!IsStack(NextLine(ref rest)))
                return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return line.TrimEnd((byte)'\r');
    }

    private static bool IsStack(ReadOnlySpan<byte> line)
    {
        int space = line.LastIndexOf((byte)' ');
        if (space <= 0 || space == line.Length - 1 || line.Contains((byte)0))
            return false;
        ReadOnlySpan<byte> number = line[(space + 1)..];
        if (number[0] == (byte)'-')
            number = number[1..];
        return number.Length > 0 && number.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    /// <summary>Reads the stacks; equal ones are added up.</summary>
    /// <exception cref="MemToolsException">ProfileInvalid with the line.</exception>
    public static Profile Read(Stream input, string name, CancellationToken cancellation)
    {
        var locations = new List<Location>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var samples = new Dictionary<string, Sample>(StringComparer.Ordinal);
        using var reader = new StreamReader(input);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            if ((++number & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            if (line.Length == 0)
                continue;
            int space = line.LastIndexOf(' ');
            if (space <= 0 || line.Length > MaxLine || !long.TryParse(line.AsSpan(space + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            {
                throw new MemToolsException(
                    "ProfileInvalid", MemToolsErrorCategory.InvalidData, $"{name}, line {number}: expected frames separated by ';', a space and a number.", name,
                    "Correct the line, or make the file again.");
            }

            string stack = line[..space];
            if (!samples.TryGetValue(stack, out Sample? sample))
            {
                string[] frames = stack.Split(';');
                Array.Reverse(frames);
                sample = new Sample { Locations = Array.ConvertAll(frames, Location), Values = new long[1] };
                samples.Add(stack, sample);
            }

            sample.Values[0] += value;
        }

        return new Profile { SampleTypes = [new SampleType("samples", "count")], Samples = [.. samples.Values], Locations = locations, Mappings = [] };

        int Location(string function)
        {
            if (!ids.TryGetValue(function, out int id))
            {
                id = locations.Count;
                ids.Add(function, id);
                locations.Add(new Location { IsReturnAddress = false, Lines = [new Line(new Function(function, function, ""), "", 0)] });
            }

            return id;
        }
    }
}
