using System.Text.Json;

namespace MemTools.Allocators.Detect;

/// <summary>
/// The cache's JSON by hand: it is read before every launch, and the serializer's own start would cost more than the program's.
/// </summary>
internal static class CanaryCacheJson
{
    public static byte[] ToUtf8(CanaryCacheFile file)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schemaVersion", file.SchemaVersion);
            writer.WriteString("system", file.System);
            writer.WriteStartObject("libraries");
            foreach (var (key, entry) in file.Libraries)
            {
                writer.WriteStartObject(key);
                Write(writer, entry.Facts);
                Write(writer, entry.Result);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteStartObject("files");
            foreach (var (path, key) in file.Files)
            {
                writer.WriteString(path, key);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="JsonException">It is no such file.</exception>
    public static CanaryCacheFile Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        var root = document.RootElement;
        var file = new CanaryCacheFile { SchemaVersion = Number(Get(root, "schemaVersion")), System = Text(Get(root, "system")) ?? throw Damaged() };
        foreach (var library in Members(Get(root, "libraries")))
        {
            file.Libraries[library.Name] = new CanaryEntry { Facts = Facts(Get(library.Value, "facts")), Result = Result(Get(library.Value, "result")) };
        }

        foreach (var path in Members(Get(root, "files")))
        {
            file.Files[path.Name] = Text(path.Value) ?? throw Damaged();
        }

        return file;
    }

    private static void Write(Utf8JsonWriter writer, LibraryFacts facts)
    {
        writer.WriteStartObject("facts");
        writer.WriteString("name", facts.Name);
        writer.WriteString("version", facts.Version);
        writer.WriteString("architecture", facts.Architecture);
        writer.WriteString("libc", facts.Libc);
        writer.WriteString("buildId", facts.BuildId);
        writer.WriteString("soname", facts.Soname);
        writer.WriteStartArray("needed");
        foreach (var needed in facts.Needed)
        {
            writer.WriteStringValue(needed);
        }

        writer.WriteEndArray();
        writer.WriteString("needsGlibc", facts.NeedsGlibc);
        writer.WriteString("heapCheck", Name(facts.HeapCheck));
        writer.WriteString("heapProfile", Name(facts.HeapProfile));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CanaryResult result)
    {
        writer.WriteStartObject("result");
        writer.WriteBoolean("loaded", result.Loaded);
        writer.WriteString("problem", result.Problem);
        writer.WriteBoolean("heapCheck", result.HeapCheck);
        writer.WriteBoolean("heapProfile", result.HeapProfile);
        writer.WriteEndObject();
    }

    private static LibraryFacts Facts(JsonElement facts)
    {
        var needed = new List<string>();
        foreach (var name in Items(Get(facts, "needed")))
        {
            needed.Add(Text(name) ?? throw Damaged());
        }

        return new LibraryFacts
        {
            Name = Text(Get(facts, "name")),
            Version = Text(Get(facts, "version")),
            Architecture = Text(Get(facts, "architecture")) ?? throw Damaged(),
            Libc = Text(Get(facts, "libc")),
            BuildId = Text(Get(facts, "buildId")),
            Soname = Text(Get(facts, "soname")),
            Needed = needed,
            NeedsGlibc = Text(Get(facts, "needsGlibc")),
            HeapCheck = Capability(Get(facts, "heapCheck")),
            HeapProfile = Capability(Get(facts, "heapProfile")),
        };
    }

    private static CanaryResult Result(JsonElement result) => new()
    {
        Loaded = Flag(Get(result, "loaded")),
        Problem = Text(Get(result, "problem")),
        HeapCheck = Flag(Get(result, "heapCheck")),
        HeapProfile = Flag(Get(result, "heapProfile")),
    };

    private static string Name(Capability capability) => capability switch
    {
        Allocators.Capability.Supported => "Supported",
        Allocators.Capability.Absent => "Absent",
        Allocators.Capability.Removed => "Removed",
        _ => "Unknown",
    };

    private static Capability Capability(JsonElement element) => Text(element) switch
    {
        "Supported" => Allocators.Capability.Supported,
        "Absent" => Allocators.Capability.Absent,
        "Removed" => Allocators.Capability.Removed,
        "Unknown" => Allocators.Capability.Unknown,
        _ => throw Damaged(),
    };

    private static JsonElement Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw Damaged();

    private static JsonElement.ObjectEnumerator Members(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw Damaged();

    private static JsonElement.ArrayEnumerator Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Damaged();

    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Null => null,
        _ => throw Damaged(),
    };

    private static bool Flag(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Damaged(),
    };

    private static int Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : throw Damaged();

    private static JsonException Damaged() => new("the cache is damaged");
}
