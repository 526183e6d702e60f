using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Pprof;

/// <summary>
/// First finds where each message lies, then decodes them in the order in which they refer to each other, straight into the profile: strings,
/// functions, mappings, locations, samples.
/// </summary>
internal sealed class PprofDecoder(CancellationToken cancellation)
{
    private readonly List<Range>[] messages = [.. Enumerable.Range(0, 12).Select(_ => new List<Range>())];
    private readonly List<ulong> comments = [];
    private readonly ulong[] numbers = new ulong[16];
    private readonly PprofLabels labels = new();
    private string[] strings = [];

    /// <summary>Where a message's body lies in the data.</summary>
    private readonly record struct Range(int Start, int Length);

    public Profile Decode(ReadOnlySpan<byte> data)
    {
        Scan(data);
        strings = new string[messages[6].Count];
        for (int index = 0; index < strings.Length; index++)
            strings[index] = Encoding.UTF8.GetString(Body(data, messages[6][index]));
        SampleType[] types = [.. messages[1].ConvertAll(_ => default(SampleType))];
        for (int index = 0; index < types.Length; index++)
            types[index] = Type(data, messages[1][index]);
        if (types.Length == 0)
            throw new ProtoException(data.Length, "it names no sample type");
        IdTable functionIds = Functions(data, out List<Function> functions);
        IdTable mappingIds = Mappings(data, out List<Mapping> mappings);
        IdTable locationIds = Locations(data, mappingIds, functionIds, functions, out List<Location> locations);
        return new Profile
        {
            SampleTypes = types,
            Samples = Samples(data, types.Length, locationIds),
            Locations = locations,
            Mappings = mappings,
            Period = (long)numbers[12],
            PeriodType = messages[11].Count > 0 && Type(data, messages[11][^1]) is { Type.Length: > 0 } known ? known : default,
            DefaultSampleType = numbers[14] == 0 ? null : String(numbers[14], data.Length),
            DropFrames = numbers[7] == 0 ? null : String(numbers[7], data.Length),
            KeepFrames = numbers[8] == 0 ? null : String(numbers[8], data.Length),
            Time = numbers[9] == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks((long)numbers[9] / 100),
            Duration = TimeSpan.FromTicks(Math.Max(0, (long)numbers[10] / 100)),
            Comments = [.. comments.Select(comment => String(comment, 0))],
        };
    }

    private void Scan(ReadOnlySpan<byte> data)
    {
        var reader = new ProtoReader(data, 0);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            if (field is >= 1 and <= 6 or 11 && type == 2)
            {
                ReadOnlySpan<byte> body = reader.Bytes(out long at);
                messages[field].Add(new Range((int)at, body.Length));
            }
            else if (type == 0)
            {
                ulong value = reader.Varint();
                if (field == 13)
                    comments.Add(value);
                else if (field < numbers.Length)
                    numbers[field] = value;
            }
            else if (field == 13 && type == 2)
            {
                var packed = new ProtoReader(reader.Bytes(out long at), at);
                while (!packed.AtEnd)
                    comments.Add(packed.Varint());
            }
            else
            {
                reader.Skip(type);
            }
        }
    }

    private SampleType Type(ReadOnlySpan<byte> data, Range at)
    {
        Span<ulong> fields = stackalloc ulong[3];
        Numbers(data, at, fields);
        return new SampleType(String(fields[1], at.Start), String(fields[2], at.Start));
    }

    private IdTable Functions(ReadOnlySpan<byte> data, out List<Function> functions)
    {
        var ids = new IdTable(messages[5].Count);
        functions = new List<Function>(messages[5].Count);
        Span<ulong> fields = stackalloc ulong[6];
        foreach (Range at in messages[5])
        {
            Numbers(data, at, fields);
            ids.Add(fields[1]);
            functions.Add(new Function(
                String(fields[2], at.Start), String(fields[3] == 0 ? fields[2] : fields[3], at.Start), String(fields[4], at.Start), Small(fields[5])));
        }

        return ids;
    }

    private IdTable Mappings(ReadOnlySpan<byte> data, out List<Mapping> mappings)
    {
        var ids = new IdTable(messages[3].Count);
        mappings = new List<Mapping>(messages[3].Count);
        Span<ulong> fields = stackalloc ulong[11];
        foreach (Range at in messages[3])
        {
            Numbers(data, at, fields);
            ids.Add(fields[1]);
            mappings.Add(new Mapping
            {
                Start = fields[2], Limit = fields[3], FileOffset = fields[4], Path = String(fields[5], at.Start),
                BuildId = fields[6] == 0 ? null : String(fields[6], at.Start),
            });
        }

        return ids;
    }

    private IdTable Locations(ReadOnlySpan<byte> data, IdTable mappingIds, IdTable functionIds, List<Function> functions, out List<Location> locations)
    {
        var ids = new IdTable(messages[4].Count);
        locations = new List<Location>(messages[4].Count);
        var lines = new List<Line>();
        Span<ulong> line = stackalloc ulong[4];
        foreach (Range at in messages[4])
        {
            ulong id = 0;
            ulong address = 0;
            int mapping = -1;
            lines.Clear();
            var reader = new ProtoReader(Body(data, at), at.Start);
            while (!reader.AtEnd)
            {
                (int field, int type) = reader.Key();
                switch (field, type)
                {
                    case (1, 0):
                        id = reader.Varint();
                        break;
                    case (2, 0):
                        ulong wanted = reader.Varint();
                        mapping = wanted == 0 ? -1 : mappingIds.Find(wanted);
                        if (wanted != 0 && mapping < 0)
                            throw new ProtoException(at.Start, $"a location refers to mapping {wanted}, which is not there");
                        break;
                    case (3, 0):
                        address = reader.Varint();
                        break;
                    case (4, 2):
                        ReadOnlySpan<byte> body = reader.Bytes(out long start);
                        Numbers(data, new Range((int)start, body.Length), line);
                        int function = functionIds.Find(line[1]);
                        if (function < 0)
                            throw new ProtoException(start, $"a location refers to function {line[1]}, which is not there");
                        lines.Add(new Line(functions[function], functions[function].FileName, Small(line[2]), Small(line[3])));
                        break;
                    default:
                        reader.Skip(type);
                        break;
                }
            }

            ids.Add(id);
            // Only legacy profiles hold return addresses; profile.proto's point into the call.
            locations.Add(new Location { Address = address, IsReturnAddress = false, MappingIndex = mapping, Lines = [.. lines] });
        }

        return ids;
    }

    private List<Sample> Samples(ReadOnlySpan<byte> data, int columns, IdTable locationIds)
    {
        var samples = new List<Sample>(messages[2].Count);
        int[] stack = new int[256];
        long[] values = new long[columns];
        Span<ulong> label = stackalloc ulong[5];
        foreach (Range at in messages[2])
        {
            if ((samples.Count & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            int depth = 0;
            int count = 0;
            labels.Clear();
            var reader = new ProtoReader(Body(data, at), at.Start);
            while (!reader.AtEnd)
            {
                (int field, int type) = reader.Key();
                if (field is 1 or 2 && type is 0 or 2)
                {
                    ReadOnlySpan<byte> body = type == 2 ? reader.Bytes(out long start) : reader.VarintBytes(out start);
                    var packed = new ProtoReader(body, start);
                    while (!packed.AtEnd)
                    {
                        ulong value = packed.Varint();
                        if (field == 1)
                        {
                            if (depth == stack.Length)
                                Array.Resize(ref stack, depth * 2);
                            int location = locationIds.Find(value);
                            stack[depth++] = location >= 0 ? location : throw new ProtoException(at.Start, $"a sample refers to location {value}, which is not there");
                        }
                        else
                        {
                            if (count < columns)
                                values[count] = (long)value;
                            count++;
                        }
                    }
                }
                else if (field == 3 && type == 2)
                {
                    ReadOnlySpan<byte> body = reader.Bytes(out long start);
                    Numbers(data, new Range((int)start, body.Length), label);
                    labels.Add(String(label[1], start), label[2] == 0 ? null : String(label[2], start), (long)label[3]);
                }
                else
                {
                    reader.Skip(type);
                }
            }

            if (count != columns)
                throw new ProtoException(at.Start, $"a sample has {count} values for {columns} sample types");
            samples.Add(new Sample { Locations = stack.AsSpan(0, depth).ToArray(), Values = values.AsSpan().ToArray(), Labels = labels.Texts(), NumericLabels = labels.Numbers() });
        }

        return samples;
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> data, Range at) => data.Slice(at.Start, at.Length);

    /// <summary>A message of plain numbers, by field.</summary>
    private static void Numbers(ReadOnlySpan<byte> data, Range at, Span<ulong> fields)
    {
        fields.Clear();
        var reader = new ProtoReader(Body(data, at), at.Start);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            if (type == 0 && field >= 1 && field < fields.Length)
                fields[field] = reader.Varint();
            else
                reader.Skip(type);
        }
    }

    private static int Small(ulong value) => value <= int.MaxValue ? (int)value : 0;

    private string String(ulong index, long at) => index < (ulong)strings.Length ? strings[(int)index]
        : index == 0 ? "" : throw new ProtoException(at, $"string {index} is not in the table of {strings.Length}");
}
