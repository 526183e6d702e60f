using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// Go's text profiles that count: <c>goroutine profile: total 5</c>, threadcreate, and those that programs make themselves; then lines
/// <c>N @ 0xADDRESS…</c> with comments that name the addresses.
/// </summary>
public static class GoCountReader
{
    /// <summary>True for the first line.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => TryHeader(FirstLine(beginning), out _, out _);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c> with line and offset.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        var lines = new ByteLineReader(stream);
        if (!lines.Next() || !TryHeader(lines.Line.TrimEnd((byte)'\r'), out string kind, out long total))
            throw ReportErrors.Malformed(name, 1, 0, "expected \"KIND profile: total N\"");
        var stacks = new StackAggregator(1);
        var names = new GoComments();
        var mappings = new List<Mapping>();
        ulong[] addresses = new ulong[256];
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xFFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> line = lines.Line.TrimEnd((byte)'\r');
            if (names.Take(line) || line.IsEmpty || line.SequenceEqual("MAPPED_LIBRARIES:"u8))
                continue;
            if (ProcMaps.TryParse(line, out Mapping mapping))
            {
                if (ProcMaps.IsUseful(mapping))
                    mappings.Add(mapping);
                continue;
            }

            ByteParser.SkipSpaces(ref line);
            if (!ByteParser.TryNumber(ref line, out long count) || !ByteParser.SkipSpaces(ref line) || !ByteParser.TryByte(ref line, (byte)'@')
                || !ByteParser.TryAddresses(line, ref addresses, out int depth))
                throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "expected \"N @ 0xADDRESS…\"");
            stacks.Values(stacks.IndexOf(addresses.AsSpan(0, depth)))[0] += count;
        }

        mappings.Sort((left, right) => left.Start.CompareTo(right.Start));
        (List<Sample> samples, List<Location> locations) = stacks.ToSamples(mappings, returnAddresses: true, cancellation);
        names.Apply(locations);
        long sum = Graph.Magnitude.Sum(samples.Select(sample => sample.Values[0]));
        return new Profile
        {
            SampleTypes = [new SampleType(kind, "count")], Samples = samples, Locations = locations, Mappings = mappings,
            Warnings = sum == total ? [] : [$"Truncated profile: the header says {total}, the lines add up to {sum}."],
        };
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return (end < 0 ? text : text[..end]).TrimEnd((byte)'\r');
    }

    private static bool TryHeader(ReadOnlySpan<byte> line, out string kind, out long total)
    {
        ReadOnlySpan<byte> middle = " profile: total "u8;
        int at = line.IndexOf(middle);
        kind = at > 0 ? Encoding.UTF8.GetString(line[..at]) : "";
        total = 0;
        ReadOnlySpan<byte> rest = at > 0 ? line[(at + middle.Length)..] : default;
        return at > 0 && ByteParser.TryNumber(ref rest, out total) && rest.Trim((byte)' ').IsEmpty;
    }
}
