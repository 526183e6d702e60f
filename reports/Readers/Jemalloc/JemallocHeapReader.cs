using System.Globalization;
using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>Reads jemalloc's heap profile.</summary>
/// <remarks>
/// <code>
/// "heap_v2/" period NL thread-line* ("@" (" 0x" hex)* NL thread-line*)* NL "MAPPED_LIBRARIES:" NL maps
/// thread-line := "  t" ("*"|int) ": " curobjs ": " curbytes " [" accumobjs ": " accumbytes "]" (" " thread-name)?
/// </code>
/// The t* lines are the sums over threads. A period above 1 means sampling: values are scaled with 1/(1-exp(-size/period)), size being the mean
/// of the stack's objects (jemalloc's prof_unbias prepares its numbers for just that). Sizes are usable sizes: a request of 100 bytes counts
/// 112. Source: prof_data.c of jemalloc 5.3.
/// </remarks>
public static class JemallocHeapReader
{
    /// <summary>True for the first line's beginning.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith("heap_v2/"u8);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c>, naming file, line and byte offset.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation) => Read(stream, name, null, cancellation);

    /// <summary>Reads to the end what one thread (jemalloc's number of it) allocated; null for all threads.</summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportMalformed</c>; <c>ThreadNotFound</c> when the thread allocated nothing.</exception>
    public static Profile Read(Stream stream, string name, int? thread, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new ByteLineReader(stream);
        if (!lines.Next())
        {
            throw ReportErrors.Malformed(name, 1, 0, "the file is empty");
        }

        ReadOnlySpan<byte> first = lines.Line.TrimEnd((byte)'\r');
        if (!ByteParser.TryLiteral(ref first, "heap_v2/"u8) || !ByteParser.TryNumber(ref first, out long period) || !first.IsEmpty)
        {
            throw ReportErrors.Malformed(name, 1, 0, "expected \"heap_v2/PERIOD\"");
        }

        var reader = new Body(lines, name, period, thread);
        reader.Read(cancellation);
        return reader.ToProfile(cancellation);
    }

    private readonly record struct Counts(long Objects, long Bytes, long AllocatedObjects, long AllocatedBytes);

    private sealed class Body(ByteLineReader lines, string name, long period, int? thread)
    {
        private readonly StackAggregator stacks = new(4);
        private readonly List<string> warnings = [];
        private readonly List<Mapping> mappings = [];
        private Counts? total;
        private readonly SortedSet<long> threads = [];
        private ulong[] addresses = new ulong[256];
        private int current = -1;
        private bool hasMaps;
        private bool inMaps;

        public void Read(CancellationToken cancellation)
        {
            while (lines.Next())
            {
                if ((lines.LineNumber & 0xffff) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                ReadOnlySpan<byte> line = lines.Line.TrimEnd((byte)'\r');
                if (!lines.HasNewline && !lines.IsTooLong)
                {
                    warnings.Add($"The file ends in the middle of line {lines.LineNumber} (byte {lines.Position}): it is truncated.");
                    return;
                }

                if (!Take(line))
                {
                    throw ReportErrors.Malformed(
                        name, lines.LineNumber, lines.Offset,
                        inMaps ? "expected a line of /proc/self/maps" : "expected \"@ 0xADDRESS…\", \"  t*: N: BYTES [N: BYTES]\" or MAPPED_LIBRARIES");
                }
            }
        }

        public Profile ToProfile(CancellationToken cancellation)
        {
            if (!hasMaps)
            {
                warnings.Add("The file ends without MAPPED_LIBRARIES: it is truncated, and its addresses cannot be named.");
            }

            if (thread is { } wanted && !threads.Contains(wanted))
            {
                throw new MemToolsException(
                    "ThreadNotFound", MemToolsErrorCategory.ObjectNotFound, $"{name} has no thread {wanted}.", name,
                    $"It has: {string.Join(", ", threads.Take(100))}.");
            }

            CheckTotals();
            mappings.Sort((a, b) => a.Start.CompareTo(b.Start));
            var columns = new HeapColumns(HasAccumulated(), period);
            (List<Sample> samples, List<Location> locations) = stacks.ToSamples(mappings, returnAddresses: true, cancellation, columns);
            return new Profile
            {
                SampleTypes = columns.Types,
                Samples = samples,
                Locations = locations,
                Mappings = mappings,
                Period = period > 1 ? period : 0,
                PeriodType = period > 1 ? new SampleType("space", "bytes") : default,
                DefaultSampleType = columns.Default,
                Warnings = warnings,
            };
        }

        private bool Take(ReadOnlySpan<byte> line)
        {
            if (inMaps)
            {
                return TakeMap(line);
            }

            if (line.Length > 2 && line[0] == ' ' && line.TrimStart((byte)' ') is { } thread && thread[0] == 't')
            {
                return TakeCounts(thread);
            }

            if (line.Length > 0 && line[0] == '@')
            {
                return TakeStack(line[1..]);
            }

            if (line.SequenceEqual("MAPPED_LIBRARIES:"u8))
            {
                inMaps = hasMaps = true;
                return true;
            }

            return line.Trim(" \t"u8).IsEmpty;
        }

        private bool TakeMap(ReadOnlySpan<byte> line)
        {
            if (ProcMaps.TryParse(line, out Mapping mapping))
            {
                if (ProcMaps.IsUseful(mapping))
                {
                    mappings.Add(mapping);
                }

                return true;
            }

            return line.Trim(" \t"u8).IsEmpty;
        }

        private bool TakeStack(ReadOnlySpan<byte> text)
        {
            if (!ByteParser.TryAddresses(text, ref addresses, out int depth))
            {
                return false;
            }

            current = stacks.IndexOf(addresses.AsSpan(0, depth));
            return true;
        }

        private bool TakeCounts(ReadOnlySpan<byte> text)
        {
            text = text[1..];
            long number = -1;
            bool sum = ByteParser.TryByte(ref text, (byte)'*');
            if (!sum && !ByteParser.TryNumber(ref text, out number))
            {
                return false;
            }

            if (!ByteParser.TryLiteral(ref text, ": "u8) || !Pair(ref text, out long objects, out long bytes)
                || !ByteParser.TryLiteral(ref text, " ["u8) || !Pair(ref text, out long allocatedObjects, out long allocatedBytes)
                || !ByteParser.TryByte(ref text, (byte)']'))
            {
                return false;
            }

            if (!sum && current < 0)
            {
                threads.Add(number);
            }

            if (thread is null ? !sum : number != thread)
            {
                return true;
            }

            if (current < 0)
            {
                total = new Counts(objects, bytes, allocatedObjects, allocatedBytes);
                return true;
            }

            Span<long> values = stacks.Values(current);
            return HeapColumns.TryAdd(values, allocatedObjects, allocatedBytes, objects, bytes);
        }

        /// <summary>The dump is taken without stopping threads, so small differences are no damage unless records are missing.</summary>
        private void CheckTotals()
        {
            if (total is not { } announced)
            {
                warnings.Add("The file has no line of totals: it is truncated.");
                return;
            }

            long objects = 0;
            long bytes = 0;
            for (int i = 0; i < stacks.Count; i++)
            {
                Span<long> values = stacks.Values(i);
                objects += values[2];
                bytes += values[3];
            }

            if (bytes != announced.Bytes || objects != announced.Objects)
            {
                warnings.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Truncated profile: the totals say {announced.Objects} objects of {announced.Bytes} bytes, the stacks add up to {objects} objects of {bytes} bytes."));
            }
        }

        private bool HasAccumulated()
        {
            for (int i = 0; i < stacks.Count; i++)
            {
                if (stacks.Values(i)[0] != 0 || stacks.Values(i)[1] != 0)
                {
                    return true;
                }
            }

            return false;
        }

        private static bool Pair(ref ReadOnlySpan<byte> text, out long objects, out long bytes)
        {
            bytes = 0;
            return ByteParser.TryNumber(ref text, out objects) && ByteParser.TryLiteral(ref text, ": "u8) && ByteParser.TryNumber(ref text, out bytes);
        }
    }
}

/// <summary>The parts of <c>PREFIX.PID.SEQ.KIND.heap</c>, the name that jemalloc gives its profiles.</summary>
/// <param name="ProcessId">Process.</param>
/// <param name="Sequence">Number of the dump in the process.</param>
/// <param name="Kind"><c>f</c> final, <c>i</c> interval, <c>m</c> manual, <c>u</c> high water.</param>
public sealed record JemallocFileName(int ProcessId, int Sequence, char Kind)
{
    /// <summary>Parses a path's file name; null when it is not of that form.</summary>
    public static JemallocFileName? Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] parts = path[(path.LastIndexOf('/') + 1)..].Split('.');
        return parts.Length >= 5 && parts[^1] == "heap" && parts[^2].Length > 0 && parts[^2][0] is 'f' or 'i' or 'm' or 'u'
            && int.TryParse(parts[^3], NumberStyles.None, CultureInfo.InvariantCulture, out int sequence)
            && int.TryParse(parts[^4], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                ? new JemallocFileName(pid, sequence, parts[^2][0])
                : null;
    }
}
