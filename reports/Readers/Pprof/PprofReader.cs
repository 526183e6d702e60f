using System.IO.Compression;
using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Pprof;

/// <summary>Reads profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), gzip-compressed or not.</summary>
public static class PprofReader
{
    /// <summary>Largest decompressed profile; what is bigger is a decompression bomb or needs a tool of its own.</summary>
    public const int MaxBytes = 1 << 30;

    /// <summary>True for gzip data, and for the first field that pprof's writers write: a sample type message.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => (beginning.Length > 1 && beginning[0] == 0x1F && beginning[1] == 0x8B)
        || (beginning.Length > 4 && beginning[0] == 0x0A && beginning[1] is > 1 and < 24 && beginning[2] is 0x08 or 0x10);

    /// <summary>Reads the whole profile.</summary>
    /// <param name="input">The file.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="MemToolsException">ProfileInvalid with the byte offset; ProfileTooLarge.</exception>
    public static Profile Read(Stream input, string name, CancellationToken cancellation)
    {
        byte[] data = ReadAll(input, name, cancellation);
        try
        {
            return new PprofDecoder(cancellation).Decode(data);
        }
        catch (ProtoException fault)
        {
            throw Invalid(name, $"{fault.Message} (byte {fault.Offset})", fault);
        }
    }

    private static byte[] ReadAll(Stream input, string name, CancellationToken cancellation)
    {
        using var kept = new MemoryStream();
        try
        {
            Span<byte> magic = stackalloc byte[2];
            int got = input.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
            using Stream whole = new PrefixedStream(magic[..got].ToArray(), input);
            using Stream plain = got == 2 && magic[0] == 0x1F && magic[1] == 0x8B ? new GZipStream(whole, CompressionMode.Decompress) : whole;
            byte[] buffer = new byte[256 * 1024];
            int read;
            while ((read = plain.Read(buffer)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                if (kept.Length + read > MaxBytes)
                {
                    throw new MemToolsException(
                        "ProfileTooLarge", MemToolsErrorCategory.InvalidData, $"{name} expands to more than {MaxBytes >> 20} MiB.", name,
                        "Check that the file is a profile; split it by time or process if it is.");
                }

                kept.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException error)
        {
            throw Invalid(name, "its gzip data is damaged: " + error.Message, error);
        }

        return kept.ToArray();
    }

    private static MemToolsException Invalid(string name, string why, Exception inner) => new(
        "ProfileInvalid", MemToolsErrorCategory.InvalidData, $"{name} is not a readable profile.proto file: {why}.", name,
        "Make the profile again; a file that was cut while it was written cannot be read.", inner);
}

/// <summary>One pass over the messages, then the references between them.</summary>
internal sealed class PprofDecoder(CancellationToken cancellation)
{
    private readonly List<string> strings = [];
    private readonly List<(ulong Type, ulong Unit)> types = [];
    private readonly List<(ulong[] Locations, long[] Values, List<RawLabel>? Labels)> samples = [];
    private readonly List<RawMapping> mappings = [];
    private readonly List<RawLocation> locations = [];
    private readonly List<RawFunction> functions = [];
    private readonly List<ulong> comments = [];
    private (ulong Type, ulong Unit) periodType;
    private long period;
    private long time;
    private long duration;
    private ulong defaultType;

    private readonly record struct RawLabel(ulong Key, ulong Text, long Number);

    private readonly record struct RawMapping(ulong Id, ulong Start, ulong Limit, ulong Offset, ulong File, ulong BuildId, ulong Flags);

    private readonly record struct RawLocation(ulong Id, ulong Mapping, ulong Address, (ulong Function, long Line, long Column)[] Lines);

    private readonly record struct RawFunction(ulong Id, ulong Name, ulong SystemName, ulong File, long Line);

    public Profile Decode(ReadOnlySpan<byte> data)
    {
        var reader = new ProtoReader(data, 0);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            if (field is >= 1 and <= 6 or 11 && type == 2)
            {
                ReadOnlySpan<byte> body = reader.Bytes(out long at);
                Message(field, body, at);
            }
            else if (type == 0)
            {
                Number(field, reader.Varint());
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

        return Link(reader.Offset);
    }

    private void Number(int field, ulong value)
    {
        switch (field)
        {
            case 9:
                time = (long)value;
                break;
            case 10:
                duration = (long)value;
                break;
            case 12:
                period = (long)value;
                break;
            case 13:
                comments.Add(value);
                break;
            case 14:
                defaultType = value;
                break;
        }
    }

    private void Message(int field, ReadOnlySpan<byte> body, long at)
    {
        switch (field)
        {
            case 1:
                types.Add(ValueType(body, at));
                break;
            case 2:
                if ((samples.Count & 0xFFF) == 0)
                    cancellation.ThrowIfCancellationRequested();
                samples.Add(Sample(body, at));
                break;
            case 3:
                ulong[] m = Numbers(body, at, 10);
                mappings.Add(new RawMapping(m[1], m[2], m[3], m[4], m[5], m[6], m[7]));
                break;
            case 4:
                locations.Add(Location(body, at));
                break;
            case 5:
                ulong[] f = Numbers(body, at, 5);
                functions.Add(new RawFunction(f[1], f[2], f[3], f[4], (long)f[5]));
                break;
            case 6:
                strings.Add(Encoding.UTF8.GetString(body));
                break;
            case 11:
                periodType = ValueType(body, at);
                break;
        }
    }

    private static (ulong Type, ulong Unit) ValueType(ReadOnlySpan<byte> body, long at)
    {
        ulong[] numbers = Numbers(body, at, 2);
        return (numbers[1], numbers[2]);
    }

    /// <summary>A message of plain numbers, by field.</summary>
    private static ulong[] Numbers(ReadOnlySpan<byte> body, long at, int last)
    {
        ulong[] values = new ulong[last + 1];
        var reader = new ProtoReader(body, at);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            if (type == 0 && field >= 1 && field <= last)
                values[field] = reader.Varint();
            else
                reader.Skip(type);
        }

        return values;
    }

    private (ulong[] Locations, long[] Values, List<RawLabel>? Labels) Sample(ReadOnlySpan<byte> body, long at)
    {
        var stack = new List<ulong>();
        var values = new List<long>(types.Count);
        List<RawLabel>? labels = null;
        var reader = new ProtoReader(body, at);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            switch (field, type)
            {
                case (1, 0):
                    stack.Add(reader.Varint());
                    break;
                case (2, 0):
                    values.Add((long)reader.Varint());
                    break;
                case (1 or 2, 2):
                    var packed = new ProtoReader(reader.Bytes(out long inner), inner);
                    while (!packed.AtEnd)
                    {
                        ulong value = packed.Varint();
                        if (field == 1)
                            stack.Add(value);
                        else
                            values.Add((long)value);
                    }

                    break;
                case (3, 2):
                    ulong[] label = Numbers(reader.Bytes(out long start), start, 4);
                    (labels ??= []).Add(new RawLabel(label[1], label[2], (long)label[3]));
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return ([.. stack], [.. values], labels);
    }

    private static RawLocation Location(ReadOnlySpan<byte> body, long at)
    {
        ulong id = 0;
        ulong mapping = 0;
        ulong address = 0;
        var lines = new List<(ulong, long, long)>(1);
        var reader = new ProtoReader(body, at);
        while (!reader.AtEnd)
        {
            (int field, int type) = reader.Key();
            switch (field, type)
            {
                case (1, 0):
                    id = reader.Varint();
                    break;
                case (2, 0):
                    mapping = reader.Varint();
                    break;
                case (3, 0):
                    address = reader.Varint();
                    break;
                case (4, 2):
                    ulong[] line = Numbers(reader.Bytes(out long start), start, 3);
                    lines.Add((line[1], (long)line[2], (long)line[3]));
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return new RawLocation(id, mapping, address, [.. lines]);
    }

    private Profile Link(long end)
    {
        if (types.Count == 0)
            throw new ProtoException(end, "it names no sample type");
        var functionById = new Dictionary<ulong, Function>(functions.Count);
        foreach (RawFunction raw in functions)
            functionById[raw.Id] = new Function(String(raw.Name, end), String(raw.SystemName == 0 ? raw.Name : raw.SystemName, end), String(raw.File, end), Small(raw.Line));
        var mappingById = new Dictionary<ulong, int>(mappings.Count);
        var mapped = new List<Mapping>(mappings.Count);
        foreach (RawMapping raw in mappings)
        {
            mappingById[raw.Id] = mapped.Count;
            mapped.Add(new Mapping { Start = raw.Start, Limit = raw.Limit, FileOffset = raw.Offset, Path = String(raw.File, end), BuildId = raw.BuildId == 0 ? null : String(raw.BuildId, end) });
        }

        var locationById = new Dictionary<ulong, int>(locations.Count);
        var located = new List<Location>(locations.Count);
        foreach (RawLocation raw in locations)
        {
            locationById[raw.Id] = located.Count;
            located.Add(new Location
            {
                Address = raw.Address,
                // Only legacy profiles hold return addresses; profile.proto's point into the call.
                IsReturnAddress = false,
                MappingIndex = mappingById.TryGetValue(raw.Mapping, out int mapping) ? mapping : raw.Mapping == 0 ? -1 : throw new ProtoException(end, $"location {raw.Id} refers to mapping {raw.Mapping}, which is not there"),
                Lines = Array.ConvertAll(raw.Lines, line => new Line(
                    functionById.TryGetValue(line.Function, out Function? function) ? function : throw new ProtoException(end, $"location {raw.Id} refers to function {line.Function}, which is not there"),
                    function!.FileName, Small(line.Line), Small(line.Column))),
            });
        }

        var linked = new List<Sample>(samples.Count);
        foreach ((ulong[] stack, long[] values, List<RawLabel>? labels) in samples)
        {
            if (values.Length != types.Count)
                throw new ProtoException(end, $"a sample has {values.Length} values for {types.Count} sample types");
            linked.Add(new Sample
            {
                Locations = Array.ConvertAll(stack, id => locationById.TryGetValue(id, out int index) ? index : throw new ProtoException(end, $"a sample refers to location {id}, which is not there")),
                Values = values,
                Labels = labels?.Where(label => label.Text != 0).GroupBy(label => label.Key).ToDictionary(label => String(label.Key, end), label => String(label.First().Text, end)),
                NumericLabels = labels?.Where(label => label.Text == 0).GroupBy(label => label.Key).ToDictionary(label => String(label.Key, end), label => label.First().Number),
            });
        }

        return new Profile
        {
            SampleTypes = [.. types.Select(type => new SampleType(String(type.Type, end), String(type.Unit, end)))],
            Samples = linked,
            Locations = located,
            Mappings = mapped,
            Period = period,
            PeriodType = new SampleType(String(periodType.Type, end), String(periodType.Unit, end)) is { Type.Length: > 0 } known ? known : default,
            DefaultSampleType = defaultType == 0 ? null : String(defaultType, end),
            Time = time == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(time / 100),
            Duration = TimeSpan.FromTicks(Math.Max(0, duration / 100)),
            Comments = [.. comments.Select(comment => String(comment, end))],
        };
    }

    private static int Small(long value) => value is > 0 and <= int.MaxValue ? (int)value : 0;

    private string String(ulong index, long end) => index < (ulong)strings.Count ? strings[(int)index]
        : index == 0 ? "" : throw new ProtoException(end, $"string {index} is not in the table of {strings.Count}");
}
