using System.Globalization;
using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Reads gperftools' text heap profiles: the heap checker's <c>*-end.heap</c> (one line per object) and the heap profiler's dumps.</summary>
/// <remarks>
/// <code>
/// "heap profile: " n ": " bytes " [" N ": " BYTES "] @ " kind ("/" period)?
/// ( n ": " bytes " [" N ": " BYTES "] @" (" 0x" hex)* NL )*
/// NL? "MAPPED_LIBRARIES:" NL lines of /proc/self/maps
/// </code>
/// Leaf first; addresses are return addresses. Sample types are pprof's: <c>objects, space</c> when allocated and in-use numbers are the
/// same, else <c>alloc_objects, alloc_space, inuse_objects, inuse_space</c>. Sampled profiles (<c>heap_v2/PERIOD</c> from gperftools'
/// GetHeapSample) are scaled with 1/(1-exp(-size/period)), as pprof does.
/// </remarks>
public static class HeapFileReader
{
    private static ReadOnlySpan<byte> Magic => "heap profile:"u8;

    private static ReadOnlySpan<byte> Maps => "MAPPED_LIBRARIES:"u8;

    /// <summary>True when the beginning of a file is that of this format. The heap checker of gperftools 2.16 loses the header and the stacks and writes the maps alone.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith(Magic) || (beginning.Length > Maps.Length && beginning[0] == '\n' && beginning[1..].StartsWith(Maps));

    /// <summary>Reads to the end.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="name">The file's path, for messages.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c>, naming file, line and byte offset.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new ByteLineReader(stream);
        if (!lines.Next())
        {
            throw ReportErrors.Malformed(name, 1, 0, "the file is empty");
        }

        bool headerIsLost = lines.Line.IsEmpty;
        Header header = headerIsLost ? new Header(default, "heapprofile", 0) : ReadHeader(lines, name);
        var stacks = new StackAggregator(4);
        var names = new GoComments();
        var warnings = new List<string>();
        if (headerIsLost)
        {
            warnings.Add("The file has lost its header and its stacks, as files of gperftools 2.16's heap checker do; only its list of mapped files is left.");
        }

        bool mapsFollow = ReadSamples(lines, name, stacks, names, warnings, cancellation);
        List<Mapping> mappings = mapsFollow ? ReadMaps(lines, name, warnings) : [];
        // Go writes no maps, but the names of its functions in comments.
        if (!mapsFollow && names.IsEmpty)
        {
            warnings.Add("The file ends without MAPPED_LIBRARIES: it is truncated, and its addresses cannot be named.");
        }

        Profile profile = Build(header, stacks, mappings, warnings, cancellation);
        names.Apply(profile.Locations);
        return profile;
    }

    private static Header ReadHeader(ByteLineReader lines, string name)
    {
        ReadOnlySpan<byte> text = lines.Line.TrimEnd((byte)'\r');
        if (!ByteParser.TryLiteral(ref text, Magic) || !TryCounts(ref text, out Counts counts))
        {
            throw ReportErrors.Malformed(name, 1, 0, "expected \"heap profile: N: BYTES [N: BYTES] @ KIND\"");
        }

        ByteParser.SkipSpaces(ref text);
        string kind = Encoding.UTF8.GetString(text);
        int slash = kind.IndexOf('/', StringComparison.Ordinal);
        long period = 0;
        if (slash >= 0 && !long.TryParse(kind.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out period))
        {
            throw ReportErrors.Malformed(name, 1, 0, $"the sampling period \"{kind[(slash + 1)..]}\" is no number");
        }

        return new Header(counts, slash < 0 ? kind : kind[..slash], period);
    }

    /// <summary>Reads sample lines; true when the maps follow.</summary>
    private static bool ReadSamples(ByteLineReader lines, string name, StackAggregator stacks, GoComments names, List<string> warnings, CancellationToken cancellation)
    {
        ulong[] addresses = new ulong[256];
        while (lines.Next())
        {
            if ((lines.LineNumber & 0xffff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ReadOnlySpan<byte> line = lines.Line.TrimEnd((byte)'\r');
            if (names.Take(line))
            {
                continue;
            }

            ReadOnlySpan<byte> text = line;
            if (TryCounts(ref text, out Counts counts) && ByteParser.TryAddresses(text, ref addresses, out int depth))
            {
                if (!lines.HasNewline)
                {
                    // Even a line that parses may have lost digits of its last address.
                    WarnMidLine(lines, warnings);
                    return false;
                }

                Span<long> values = stacks.Values(stacks.IndexOf(addresses.AsSpan(0, depth)));
                if (!HeapColumns.TryAdd(values, counts.AllocatedObjects, counts.AllocatedBytes, counts.Objects, counts.Bytes))
                {
                    throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "the counts of this stack add up to more than 64 bits hold");
                }

                continue;
            }

            if (line.SequenceEqual(Maps) || line.SequenceEqual("--- Memory map: ---"u8))
            {
                return true;
            }

            if (!lines.HasNewline && !lines.IsTooLong)
            {
                WarnMidLine(lines, warnings);
                return false;
            }

            if (!line.Trim(" \t"u8).IsEmpty)
            {
                throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "expected \"N: BYTES [N: BYTES] @ 0xADDRESS…\" or MAPPED_LIBRARIES");
            }
        }

        return false;
    }

    private static void WarnMidLine(ByteLineReader lines, List<string> warnings) =>
        warnings.Add($"The file ends in the middle of line {lines.LineNumber} (byte {lines.Position}): it is truncated.");

    private static List<Mapping> ReadMaps(ByteLineReader lines, string name, List<string> warnings)
    {
        var mappings = new List<Mapping>();
        while (lines.Next())
        {
            ReadOnlySpan<byte> line = lines.Line.TrimEnd((byte)'\r');
            if (ProcMaps.TryParse(line, out Mapping mapping))
            {
                if (!lines.HasNewline)
                {
                    warnings.Add($"The file ends in the middle of line {lines.LineNumber}, in its list of mapped files: modules are missing.");
                    break;
                }

                if (ProcMaps.IsUseful(mapping))
                {
                    mappings.Add(mapping);
                }
            }
            else if (!line.Trim(" \t"u8).IsEmpty)
            {
                if (!lines.HasNewline)
                {
                    warnings.Add($"The file ends in the middle of line {lines.LineNumber}, in its list of mapped files: modules are missing.");
                    break;
                }

                // pprof accepts an attribute line among the maps.
                if (!line.StartsWith("build="u8))
                {
                    throw ReportErrors.Malformed(name, lines.LineNumber, lines.Offset, "expected a line of /proc/self/maps");
                }
            }
        }

        mappings.Sort((a, b) => a.Start.CompareTo(b.Start));
        return mappings;
    }

    private static Profile Build(
        Header header, StackAggregator stacks, List<Mapping> mappings, List<string> warnings, CancellationToken cancellation)
    {
        var sum = default(Counts);
        for (int i = 0; i < stacks.Count; i++)
        {
            Span<long> values = stacks.Values(i);
            sum = new Counts(sum.Objects + values[2], sum.Bytes + values[3], sum.AllocatedObjects + values[0], sum.AllocatedBytes + values[1]);
        }

        if (sum != header.Counts)
        {
            warnings.Insert(0, MissingWarning(header.Counts, sum));
        }

        bool hasAllocated = header.Counts.Objects != header.Counts.AllocatedObjects || header.Counts.Bytes != header.Counts.AllocatedBytes
            || sum.Objects != sum.AllocatedObjects || sum.Bytes != sum.AllocatedBytes;
        bool sampled = header.Period > 1 && header.Kind is "heap_v2" or "heapz_v2" or "heap";
        long period = header.Kind == "heap" ? header.Period / 2 : header.Period;
        var columns = new HeapColumns(hasAllocated, sampled ? period : 0);
        (List<Sample> samples, List<Location> locations) = stacks.ToSamples(mappings, returnAddresses: true, cancellation, columns);
        return new Profile
        {
            SampleTypes = columns.Types,
            Samples = samples,
            Locations = locations,
            Mappings = mappings,
            Period = sampled ? period : 0,
            PeriodType = sampled ? new SampleType("space", "bytes") : default,
            DefaultSampleType = columns.Default,
            Warnings = warnings,
        };
    }

    private static string MissingWarning(Counts header, Counts sum)
    {
        if (sum.Objects >= header.Objects && sum.Bytes >= header.Bytes && sum.AllocatedObjects >= header.AllocatedObjects && sum.AllocatedBytes >= header.AllocatedBytes)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The header says {header.Bytes} bytes in use, the lines add up to {sum.Bytes}: memory that the program mapped itself is listed too (HEAP_PROFILE_MMAP).");
        }

        string inUse = header.Objects == sum.Objects && header.Bytes == sum.Bytes ? "what is in use is complete" : Amounts("in use", header.Objects, header.Bytes, sum.Objects, sum.Bytes);
        string allocated = header.AllocatedObjects == sum.AllocatedObjects && header.AllocatedBytes == sum.AllocatedBytes
            ? "" : "; " + Amounts("allocated", header.AllocatedObjects, header.AllocatedBytes, sum.AllocatedObjects, sum.AllocatedBytes);
        return $"Truncated profile: {inUse}{allocated}. gperftools before 2.16 drops what does not fit its buffer of 1 MiB; a full disk or a killed process cuts the file.";
    }

    private static string Amounts(string what, long objects, long bytes, long listedObjects, long listedBytes) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}, the header says {objects:N0} objects of {bytes:N0} bytes, the lines add up to {listedObjects:N0} objects of {listedBytes:N0} bytes{(bytes > listedBytes ? $" ({100.0 * (bytes - listedBytes) / bytes:0.#} % are missing)" : "")}");

    private static bool TryCounts(ref ReadOnlySpan<byte> text, out Counts counts)
    {
        counts = default;
        ByteParser.SkipSpaces(ref text);
        if (!TryPair(ref text, out long objects, out long bytes))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref text);
        if (!ByteParser.TryByte(ref text, (byte)'['))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref text);
        if (!TryPair(ref text, out long allocatedObjects, out long allocatedBytes))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref text);
        if (!ByteParser.TryByte(ref text, (byte)']'))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref text);
        counts = new Counts(objects, bytes, allocatedObjects, allocatedBytes);
        return ByteParser.TryByte(ref text, (byte)'@');
    }

    private static bool TryPair(ref ReadOnlySpan<byte> text, out long objects, out long bytes)
    {
        bytes = 0;
        if (!TrySigned(ref text, out objects) || !ByteParser.TryByte(ref text, (byte)':'))
        {
            return false;
        }

        ByteParser.SkipSpaces(ref text);
        return TrySigned(ref text, out bytes);
    }

    /// <summary>Differences of two profiles (--base) have negative numbers.</summary>
    private static bool TrySigned(ref ReadOnlySpan<byte> text, out long value)
    {
        bool negative = ByteParser.TryByte(ref text, (byte)'-');
        bool ok = ByteParser.TryNumber(ref text, out value);
        value = negative ? -value : value;
        return ok;
    }

    private readonly record struct Counts(long Objects, long Bytes, long AllocatedObjects, long AllocatedBytes);

    private readonly record struct Header(Counts Counts, string Kind, long Period);
}
