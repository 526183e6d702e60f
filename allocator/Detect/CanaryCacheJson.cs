using MemTools.Allocators.Json;

namespace MemTools.Allocators.Detect;

/// <summary>
/// The cache's JSON by hand: it is read before every launch (see <see cref="JsonText"/>).
/// </summary>
internal static class CanaryCacheJson
{
    public static byte[] ToUtf8(CanaryCacheFile file)
    {
        var json = new JsonText();
        json.BeginObject();
        json.Property("schemaVersion", file.SchemaVersion);
        json.Property("system", file.System);
        json.BeginObject("libraries");
        foreach (var (key, entry) in file.Libraries)
        {
            json.BeginObject(key);
            Write(json, entry.Facts);
            Write(json, entry.Result);
            json.EndObject();
        }

        json.EndObject();
        json.BeginObject("files");
        foreach (var (path, key) in file.Files)
        {
            json.Property(path, key);
        }

        json.EndObject();
        json.EndObject();
        return json.ToUtf8();
    }

    /// <exception cref="FormatException">It is no such file.</exception>
    public static CanaryCacheFile Parse(byte[] utf8)
    {
        var root = JsonValue.Parse(utf8);
        var file = new CanaryCacheFile { SchemaVersion = root["schemaVersion"].Int32, System = root["system"].RequiredText };
        foreach (var (key, library) in root["libraries"].Members)
        {
            file.Libraries[key] = new CanaryEntry { Facts = Facts(library["facts"]), Result = Result(library["result"]) };
        }

        foreach (var (path, key) in root["files"].Members)
        {
            file.Files[path] = key.RequiredText;
        }

        return file;
    }

    private static void Write(JsonText json, LibraryFacts facts)
    {
        json.BeginObject("facts");
        json.Property("name", facts.Name);
        json.Property("version", facts.Version);
        json.Property("architecture", facts.Architecture);
        json.Property("libc", facts.Libc);
        json.Property("buildId", facts.BuildId);
        json.Property("soname", facts.Soname);
        json.BeginArray("needed");
        foreach (var needed in facts.Needed)
        {
            json.Item(needed);
        }

        json.EndArray();
        json.Property("needsGlibc", facts.NeedsGlibc);
        json.Property("heapCheck", Name(facts.HeapCheck));
        json.Property("heapProfile", Name(facts.HeapProfile));
        json.EndObject();
    }

    private static void Write(JsonText json, CanaryResult result)
    {
        json.BeginObject("result");
        json.Property("loaded", result.Loaded);
        json.Property("problem", result.Problem);
        json.Property("heapCheck", result.HeapCheck);
        json.Property("heapProfile", result.HeapProfile);
        json.EndObject();
    }

    private static LibraryFacts Facts(JsonValue facts)
    {
        var needed = new List<string>();
        foreach (var name in facts["needed"].Items)
        {
            needed.Add(name.RequiredText);
        }

        return new LibraryFacts
        {
            Name = facts["name"].Text,
            Version = facts["version"].Text,
            Architecture = facts["architecture"].RequiredText,
            Libc = facts["libc"].Text,
            BuildId = facts["buildId"].Text,
            Soname = facts["soname"].Text,
            Needed = needed,
            NeedsGlibc = facts["needsGlibc"].Text,
            HeapCheck = Capability(facts["heapCheck"]),
            HeapProfile = Capability(facts["heapProfile"]),
        };
    }

    private static CanaryResult Result(JsonValue result) => new()
    {
        Loaded = result["loaded"].Flag,
        Problem = result["problem"].Text,
        HeapCheck = result["heapCheck"].Flag,
        HeapProfile = result["heapProfile"].Flag,
    };

    private static string Name(Capability capability) => capability switch
    {
        Allocators.Capability.Supported => "Supported",
        Allocators.Capability.Absent => "Absent",
        Allocators.Capability.Removed => "Removed",
        _ => "Unknown",
    };

    private static Capability Capability(JsonValue value) => value.Text switch
    {
        "Supported" => Allocators.Capability.Supported,
        "Absent" => Allocators.Capability.Absent,
        "Removed" => Allocators.Capability.Removed,
        "Unknown" => Allocators.Capability.Unknown,
        _ => throw JsonValue.Damaged(),
    };
}
