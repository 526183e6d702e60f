using System.IO.Compression;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers.Pprof;

/// <summary>
/// Writes gzip-compressed profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), which Go's pprof and most
/// other viewers read. The same profile gives the same bytes.
/// </summary>
public static class PprofWriter
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>Writes the profile; the stream stays open.</summary>
    public static void Write(Profile profile, Stream output, CancellationToken cancellation)
    {
        using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        var strings = new StringTable();
        var functions = new Dictionary<Function, int>();
        var message = new ProtoBuffer();
        var part = new ProtoBuffer();
        var scratch = new ProtoBuffer();

        foreach (SampleType type in profile.SampleTypes)
        {
            Type(part, type, strings);
            message.Message(1, part);
        }

        for (int index = 0; index < profile.Samples.Count; index++)
        {
            if ((index & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            Sample(part, profile.Samples[index], strings, scratch);
            message.Message(2, part);
            Flush(message, gzip);
        }

        var named = new bool[profile.Mappings.Count];
        foreach (Location location in profile.Locations)
        {
            if (location.MappingIndex >= 0 && location.Lines.Length > 0)
                named[location.MappingIndex] = true;
        }

        for (int index = 0; index < profile.Mappings.Count; index++)
        {
            Mapping(part, profile.Mappings[index], index + 1, named[index], strings);
            message.Message(3, part);
        }

        for (int index = 0; index < profile.Locations.Count; index++)
        {
            Location(part, profile.Locations[index], index + 1, strings, functions, scratch);
            message.Message(4, part);
            Flush(message, gzip);
        }

        foreach ((Function function, int id) in functions)
        {
            part.Clear();
            part.Number(1, id);
            part.Number(2, strings.Id(function.Name));
            part.Number(3, strings.Id(function.SystemName));
            part.Number(4, strings.Id(function.FileName));
            part.Number(5, function.StartLine);
            message.Message(5, part);
            Flush(message, gzip);
        }

        message.Number(7, strings.Id(profile.DropFrames ?? ""));
        message.Number(8, strings.Id(profile.KeepFrames ?? ""));
        if (profile.Time is { } time)
            message.Number(9, (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100);
        message.Number(10, profile.Duration.Ticks * 100);
        if (profile.PeriodType != default)
        {
            Type(part, profile.PeriodType, strings);
            message.Message(11, part);
        }

        message.Number(12, profile.Period);
        foreach (string comment in profile.Comments)
            Packed1(message, 13, strings.Id(comment));
        if (profile.DefaultSampleType is { } shown)
            message.Number(14, strings.Id(shown));
        foreach (string text in strings.All)
        {
            message.Text(6, text);
            Flush(message, gzip);
        }

        gzip.Write(message.Written);
    }

    private static void Type(ProtoBuffer part, SampleType type, StringTable strings)
    {
        part.Clear();
        part.Number(1, strings.Id(type.Type));
        part.Number(2, strings.Id(type.Unit));
    }

    private static void Sample(ProtoBuffer part, Sample sample, StringTable strings, ProtoBuffer scratch)
    {
        part.Clear();
        scratch.Clear();
        foreach (int location in sample.Locations)
            scratch.Varint((ulong)location + 1);
        part.Message(1, scratch);
        part.Packed(2, sample.Values, scratch);
        foreach ((string key, string value) in sample.Labels ?? Empty<string>.Value)
        {
            scratch.Clear();
            scratch.Number(1, strings.Id(key));
            scratch.Number(2, strings.Id(value));
            part.Message(3, scratch);
        }

        foreach ((string key, long value) in sample.NumericLabels ?? Empty<long>.Value)
        {
            scratch.Clear();
            scratch.Number(1, strings.Id(key));
            scratch.Number(3, value);
            if (key == "bytes")
                scratch.Number(4, strings.Id("bytes"));
            part.Message(3, scratch);
        }
    }

    private static void Mapping(ProtoBuffer part, Mapping mapping, int id, bool named, StringTable strings)
    {
        part.Clear();
        part.Number(1, id);
        part.Number(2, mapping.Start);
        part.Number(3, mapping.Limit);
        part.Number(4, mapping.FileOffset);
        part.Number(5, strings.Id(mapping.Path));
        part.Number(6, strings.Id(mapping.BuildId ?? ""));
        // Without these flags pprof would try to symbolize what we already have named.
        part.Flag(7, named);
        part.Flag(8, named && mapping.DebugInfo?.Level == DebugInfoLevel.Lines);
        part.Flag(9, named && mapping.DebugInfo?.Level == DebugInfoLevel.Lines);
        part.Flag(10, named && mapping.DebugInfo?.Level == DebugInfoLevel.Lines);
    }

    private static void Location(
        ProtoBuffer part, Location location, int id, StringTable strings, Dictionary<Function, int> functions, ProtoBuffer scratch)
    {
        part.Clear();
        part.Number(1, id);
        part.Number(2, location.MappingIndex + 1);
        part.Number(3, location.Address);
        foreach (Line line in location.Lines)
        {
            Function function = line.FileName.Length > 0 && line.FileName != line.Function.FileName
                ? line.Function with { FileName = line.FileName } : line.Function;
            if (!functions.TryGetValue(function, out int number))
            {
                number = functions.Count + 1;
                functions.Add(function, number);
            }

            scratch.Clear();
            scratch.Number(1, number);
            scratch.Number(2, line.LineNumber);
            scratch.Number(3, line.Column);
            part.Message(4, scratch);
        }
    }

    private static void Packed1(ProtoBuffer message, int field, int value)
    {
        message.Varint((ulong)(field << 3));
        message.Varint((ulong)value);
    }

    private static void Flush(ProtoBuffer message, Stream output)
    {
        if (message.Written.Length < FlushBytes)
            return;
        output.Write(message.Written);
        message.Clear();
    }

    private sealed class StringTable
    {
        private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal) { [""] = 0 };

        public List<string> All { get; } = [""];

        public int Id(string text)
        {
            if (ids.TryGetValue(text, out int id))
                return id;
            id = All.Count;
            ids.Add(text, id);
            All.Add(text);
            return id;
        }
    }

    private static class Empty<T>
    {
        public static readonly IReadOnlyDictionary<string, T> Value = new Dictionary<string, T>();
    }
}
