using System.Globalization;
using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// gperftools' and Go's contention (mutex) profiles as text: <c>--- contention:</c> or <c>--- mutex:</c>, lines <c>name = value</c>, then <c>delay count @ pc…</c> and
/// the maps. Delays are in cycles; with <c>cycles/second</c> they become nanoseconds, times <c>sampling period</c>.
/// </summary>
public static class ContentionReader
{
    /// <summary>True when the beginning of a file is that of this format.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith("--- contention"u8) || beginning.StartsWith("--- mutex"u8);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c> with line and offset.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        var lines = new ByteLineReader(stream);
        lines.Next();
        double cyclesPerSecond = 1e9;
        long period = 1;
        var stacks = new StackAggregator(2);
        var mappings = new List<Mapping>();
        var comments = new List<string>();
        ulong[] addresses = new ulong[256];
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xFFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> line = lines.Line.TrimEnd((byte)'\r');
            if (line.IsEmpty || line[0] == (byte)'#' || line.StartsWith("MAPPED_LIBRARIES"u8) || line.StartsWith("--- Memory map"u8))
                continue;
            if (ProcMaps.TryParse(line, out Mapping mapping))
            {
                if (ProcMaps.IsUseful(mapping))
                    mappings.Add(mapping);
                continue;
            }

            int equals = line.IndexOf((byte)'=');
            if (equals > 0)
            {
                string key = Encoding.UTF8.GetString(line[..equals]).Trim();
                string value = Encoding.UTF8.GetString(line[(equals + 1)..]).Trim();
                if (key == "cycles/second" && double.TryParse(value, CultureInfo.InvariantCulture, out double cycles) && cycles > 0)
                    cyclesPerSecond = cycles;
                else if (key == "sampling period" && long.TryParse(value, CultureInfo.InvariantCulture, out long sampling) && sampling > 0)
                    period = sampling;
                else
                    comments.Add($"{key} = {value}");
                continue;
            }

            Add(line);
        }

        mappings.Sort((left, right) => left.Start.CompareTo(right.Start));
        (List<Sample> samples, List<Location> locations) = stacks.ToSamples(mappings, returnAddresses: true, cancellation);
        foreach (Sample sample in samples)
        {
            sample.Values[0] *= period;
            sample.Values[1] = (long)(sample.Values[1] * (1e9 / cyclesPerSecond) * period);
        }

        return new Profile
        {
            SampleTypes = [new SampleType("contentions", "count"), new SampleType("delay", "nanoseconds")],
            Samples = samples, Locations = locations, Mappings = mappings, Period = period, PeriodType = new SampleType("contentions", "count"), Comments = comments,
        };

        void Add(ReadOnlySpan<byte> line)
        {
            ReadOnlySpan<byte> text = line;
            ByteParser.SkipSpaces(ref text);
            if (!ByteParser.TryNumber(ref text, out long delay) || !ByteParser.SkipSpaces(ref text) || !ByteParser.TryNumber(ref text, out long count)
                || !ByteParser.SkipSpaces(ref text) || !ByteParser.TryByte(ref text, (byte)'@'))
                throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "expected \"DELAY COUNT @ ADDRESS…\"");
            if (!ByteParser.TryAddresses(text, ref addresses, out int depth))
                throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "expected addresses such as 0x4005d0");

            Span<long> values = stacks.Values(stacks.IndexOf(addresses.AsSpan(0, depth)));
            values[0] += count;
            values[1] += delay;
        }
    }
}
