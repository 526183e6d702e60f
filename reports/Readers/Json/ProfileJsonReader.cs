using System.Globalization;
using System.Text.Json;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Json;

/// <summary>Reads what the Json view writes (docs/json.md, Profile).</summary>
public static class ProfileJsonReader
{
    /// <summary>The version of the contract that is written, and the newest that is read.</summary>
    public const int SchemaVersion = 1;

    private const int MaxBytes = 1 << 30;

    /// <summary>True for an object whose first properties are those of the Json view.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning)
    {
        ReadOnlySpan<byte> text = (beginning.StartsWith("\uFEFF"u8) ? beginning[3..] : beginning).TrimStart(" \t\r\n"u8);
        return text.StartsWith("{"u8) && text.IndexOf("\"schemaVersion\""u8) >= 0 && text.IndexOf("\"sampleTypes\""u8) >= 0;
    }

    /// <summary>Reads the whole profile.</summary>
    /// <exception cref="MemToolsException"><c>ReportMalformed</c> with line and byte, or with the place in the document; <c>ReportVersionUnsupported</c>; <c>ProfileTooLarge</c>.</exception>
    public static Profile Read(Stream stream, string name, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> text = ReadAll(stream, name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new Body(name, cancellation).Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw ReportErrors.Malformed(name, (e.LineNumber ?? 0) + 1, e.BytePositionInLine ?? 0, e.Message, e);
        }
    }

    private static ReadOnlyMemory<byte> ReadAll(Stream stream, string name)
    {
        var kept = new MemoryStream();
        byte[] buffer = new byte[256 * 1024];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            kept.Write(buffer, 0, read);
            if (kept.Length > MaxBytes)
            {
                throw new MemToolsException(
                    "ProfileTooLarge", MemToolsErrorCategory.InvalidData, $"{name} is larger than {MaxBytes >> 20} MiB.", name, "Write the profile with the Pprof view instead of Json.");
            }
        }

        ReadOnlyMemory<byte> text = kept.GetBuffer().AsMemory(0, (int)kept.Length);
        return text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
    }

    private sealed class Body(string name, CancellationToken cancellation)
    {
        private readonly List<Location> locations = [];
        private readonly Dictionary<string, int> locationIds = new(StringComparer.Ordinal);
        private readonly Dictionary<(string, string), Function> functions = [];
        private readonly List<Mapping> mappings = [];
        private readonly Dictionary<string, int> mappingIds = new(StringComparer.Ordinal);
        private (Line Line, ulong Address, int Mapping)[] nodes = [];

        public Profile Read(JsonElement root)
        {
            long version = Long(root, "schemaVersion", "$");
            if (version > SchemaVersion)
            {
                throw new MemToolsException(
                    "ReportVersionUnsupported", MemToolsErrorCategory.InvalidData, $"{name} has version {version} of the profile's JSON; this MemTools reads up to {SchemaVersion}.", name, "Update MemTools.");
            }

            SampleType[] types = [.. Array(root, "sampleTypes", "$").Select((type, index) => new SampleType(Text(type, "type", $"$.sampleTypes[{index}]"), Text(type, "unit", $"$.sampleTypes[{index}]")))];
            if (types.Length == 0)
                throw Wrong("$.sampleTypes", "at least one sample type");
            nodes = [.. Array(root, "nodes", "$").Select(Node)];
            var samples = new List<Sample>();
            int number = 0;
            foreach (JsonElement sample in Array(root, "samples", "$"))
            {
                if ((number & 0xFFF) == 0)
                    cancellation.ThrowIfCancellationRequested();
                samples.Add(Sample(sample, types.Length, $"$.samples[{number++}]"));
            }

            return new Profile
            {
                SampleTypes = types,
                Samples = samples,
                Locations = locations,
                Mappings = mappings,
                DefaultSampleType = root.TryGetProperty("sampleType", out JsonElement shown) ? Text(shown, "$.sampleType") : null,
                Warnings = root.TryGetProperty("warnings", out _) ? [.. Array(root, "warnings", "$").Select((warning, index) => Text(warning, $"$.warnings[{index}]"))] : [],
            };
        }

        private (Line, ulong, int) Node(JsonElement node, int index)
        {
            string at = $"$.nodes[{index}]";
            string file = Text(node, "file", at);
            (string, string) key = (Text(node, "function", at), file);
            if (!functions.TryGetValue(key, out Function? function))
                functions.Add(key, function = new Function(key.Item1, key.Item1, file));
            long line = Long(node, "line", at);
            ulong address = 0;
            if (node.TryGetProperty("address", out JsonElement given)
                && !(Text(given, at + ".address") is { } hex && hex.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(hex.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address)))
                throw Wrong(at + ".address", "a text such as 0x4005d0");
            return (new Line(function, file, line is >= 0 and <= int.MaxValue ? (int)line : throw Wrong(at + ".line", "a line number")), address, Mapping(Text(node, "module", at)));
        }

        private int Mapping(string path)
        {
            if (path.Length == 0)
                return -1;
            if (!mappingIds.TryGetValue(path, out int id))
            {
                id = mappings.Count;
                mappingIds.Add(path, id);
                mappings.Add(new Mapping { Path = path });
            }

            return id;
        }

        private Sample Sample(JsonElement sample, int columns, string at)
        {
            long[] values = [.. Array(sample, "values", at).Select((value, index) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Wrong($"{at}.values[{index}]", "a whole number"))];
            if (values.Length != columns)
                throw Wrong(at + ".values", $"{columns} numbers, one for each sample type");
            var inlined = new HashSet<int>();
            if (sample.TryGetProperty("inlined", out _))
                inlined = [.. Array(sample, "inlined", at).Select((place, index) => Index(place, $"{at}.inlined[{index}]", int.MaxValue))];
            var stack = new List<int>();
            var parts = new List<int>();
            int depth = 0;
            foreach (JsonElement frame in Array(sample, "frames", at))
            {
                parts.Add(Index(frame, $"{at}.frames[{depth}]", nodes.Length));
                if (!inlined.Contains(depth++))
                    stack.Add(Location(parts));
            }

            if (parts.Count > 0)
                throw Wrong(at + ".inlined", "a last frame that is not inlined");
            return new Sample { Locations = [.. stack], Values = values, Labels = Labels(sample, at) };
        }

        /// <summary>The location of a frame and of those inlined into it, which come first; empties the list.</summary>
        private int Location(List<int> parts)
        {
            string key = string.Join(',', parts);
            if (!locationIds.TryGetValue(key, out int id))
            {
                id = locations.Count;
                locationIds.Add(key, id);
                (_, ulong address, int mapping) = nodes[parts[^1]];
                locations.Add(new Location { Address = address, IsReturnAddress = false, MappingIndex = mapping, Lines = [.. parts.Select(part => nodes[part].Line)] });
            }

            parts.Clear();
            return id;
        }

        private Dictionary<string, string>? Labels(JsonElement sample, string at)
        {
            if (!sample.TryGetProperty("labels", out JsonElement labels))
                return null;
            if (labels.ValueKind != JsonValueKind.Object)
                throw Wrong(at + ".labels", "an object");
            var result = new Dictionary<string, string>();
            foreach (JsonProperty label in labels.EnumerateObject())
            {
                string key = Decoded(() => label.Name, at + ".labels");
                result[key] = Text(label.Value, $"{at}.labels.{key}");
            }

            return result;
        }

        private int Index(JsonElement value, string at, int limit) =>
            value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 && number < limit ? number : throw Wrong(at, $"a number from 0 to {limit - 1}");

        private JsonElement.ArrayEnumerator Array(JsonElement of, string property, string at) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray() : throw Wrong($"{at}.{property}", "an array");

        private long Long(JsonElement of, string property, string at) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
                ? number : throw Wrong($"{at}.{property}", "a whole number");

        private string Text(JsonElement of, string property, string at) =>
            of.ValueKind == JsonValueKind.Object && of.TryGetProperty(property, out JsonElement value) ? Text(value, $"{at}.{property}") : throw Wrong($"{at}.{property}", "a text");

        private string Text(JsonElement value, string at) => value.ValueKind == JsonValueKind.String ? Decoded(() => value.GetString()!, at) : throw Wrong(at, "a text");

        private string Decoded(Func<string> text, string at)
        {
            try
            {
                return text();
            }
            catch (InvalidOperationException)
            {
                throw Wrong(at, "a text in UTF-8 without half surrogate pairs");
            }
        }

        private MemToolsException Wrong(string at, string expected) => ReportErrors.Wrong(name, at, expected);
    }
}
