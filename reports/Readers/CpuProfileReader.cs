using System.Buffers.Binary;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>
/// gperftools' binary CPU profile: machine words (32 or 64 bits, either byte order). Header <c>0, 3, 0, period µs, 0</c>; records
/// <c>count, depth, pc…</c>; trailer <c>0, 1, 0</c>; then the text of /proc/self/maps. Source: gperftools' cpuprofile-fileformat.html.
/// </summary>
public static class CpuProfileReader
{
    private const int MaxDepth = 1 << 20;
    private const long MaxBytes = 1L << 30;

    /// <summary>True when the first five words are a header.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => Words(beginning) is not null;

    /// <summary>Reads to the end.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c> with the byte offset.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            kept.Write(buffer, 0, read);
            if (kept.Length > MaxBytes)
                throw ReportErrors.Malformed(name, 0, kept.Length, $"a CPU profile is at most {MaxBytes >> 20} MiB");
        }

        byte[] data = kept.ToArray();
        (int size, bool big) = Words(data) ?? throw ReportErrors.Malformed(name, 0, 0, "expected the header of a CPU profile");
        long period = (long)Word(data, 3, size, big);
        var stacks = new StackAggregator(2);
        var warnings = new List<string>();
        int at = 5;
        ulong[] addresses = [];
        while (true)
        {
            if ((long)(at + 2) * size > data.Length)
            {
                warnings.Add("The file ends without its trailer: it is truncated, and its addresses cannot be named.");
                break;
            }

            ulong count = Word(data, at, size, big);
            ulong depth = Word(data, at + 1, size, big);
            if (depth is 0 or > MaxDepth)
                throw ReportErrors.Malformed(name, 0, (long)at * size, $"a record has {depth} frames");
            if ((long)(at + 2 + (int)depth) * size > data.Length)
            {
                warnings.Add("The file ends inside a record: it is truncated, and its addresses cannot be named.");
                break;
            }

            if (count == 0 && depth == 1 && Word(data, at + 2, size, big) == 0)
            {
                at += 3;
                break;
            }

            if (addresses.Length < (int)depth)
                addresses = new ulong[depth];
            for (int frame = 0; frame < (int)depth; frame++)
                addresses[frame] = Word(data, at + 2 + frame, size, big);
            Span<long> values = stacks.Values(stacks.IndexOf(addresses.AsSpan(0, (int)depth)));
            values[0] += (long)count;
            values[1] += (long)count * period * 1000;
            at += 2 + (int)depth;
        }

        var mappings = new List<Mapping>();
        var lines = new ByteLineReader(new MemoryStream(data, Math.Min(at * size, data.Length), Math.Max(0, data.Length - (at * size))));
        while (lines.Next())
        {
            if (ProcMaps.TryParse(lines.Line.TrimEnd((byte)'\r'), out Mapping mapping) && ProcMaps.IsUseful(mapping))
                mappings.Add(mapping);
        }

        mappings.Sort((left, right) => left.Start.CompareTo(right.Start));
        (List<Sample> samples, List<Location> locations) = stacks.ToSamples(mappings, returnAddresses: true, cancellation);
        return new Profile
        {
            SampleTypes = [new SampleType("samples", "count"), new SampleType("cpu", "nanoseconds")],
            Samples = samples, Locations = locations, Mappings = mappings, Period = period * 1000, PeriodType = new SampleType("cpu", "nanoseconds"), Warnings = warnings,
        };
    }

    /// <summary>Size of a word and byte order, by the header's fixed words.</summary>
    private static (int Size, bool BigEndian)? Words(ReadOnlySpan<byte> data)
    {
        foreach ((int size, bool big) in ((int, bool)[])[(8, false), (4, false), (8, true), (4, true)])
        {
            if (data.Length >= 5 * size && Word(data, 0, size, big) == 0 && Word(data, 1, size, big) == 3 && Word(data, 2, size, big) == 0
                && Word(data, 3, size, big) is > 0 and < 1UL << 31 && Word(data, 4, size, big) == 0)
                return (size, big);
        }

        return null;
    }

    private static ulong Word(ReadOnlySpan<byte> data, int index, int size, bool big)
    {
        ReadOnlySpan<byte> word = data.Slice(index * size, size);
        return size == 8 ? big ? BinaryPrimitives.ReadUInt64BigEndian(word) : BinaryPrimitives.ReadUInt64LittleEndian(word)
            : big ? BinaryPrimitives.ReadUInt32BigEndian(word) : BinaryPrimitives.ReadUInt32LittleEndian(word);
    }
}
