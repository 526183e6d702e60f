using System.Text.Json;
using System.Text.Json.Serialization;
using MemTools.Allocators;
using MemTools.Allocators.Catalog;

namespace MemTools.Containers.Provisioning;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Allocator))]
internal sealed partial class ProvidedJson : JsonSerializerContext;

/// <summary>
/// The record of a library that was copied into a container or image: <c>/opt/memtools/NAME.json</c> beside <c>/opt/memtools/NAME/</c>. It is the container's
/// file, so that only paths below that folder are believed.
/// </summary>
internal static class ProvidedAllocator
{
    /// <summary>The private folder.</summary>
    public const string Folder = "/opt/memtools";

    private const int MaxBytes = 64 * 1024;

    /// <summary>The folder of an allocator's libraries.</summary>
    public static string LibraryFolder(string name) => $"{Folder}/{name}";

    /// <summary>Path of the record.</summary>
    public static string RecordPath(string name) => $"{Folder}/{name}.json";

    public static byte[] Write(Allocator allocator) => JsonSerializer.SerializeToUtf8Bytes(allocator, ProvidedJson.Default.Allocator);

    /// <summary>Reads the record of a catalogue name or of a library's path; null when there is none that can be used.</summary>
    public static Allocator? Read(string nameOrPath, Func<string, string?> fetch)
    {
        string? name = nameOrPath.StartsWith(Folder + "/", StringComparison.Ordinal) ? nameOrPath.Split('/')[3]
            : nameOrPath.Contains('/', StringComparison.Ordinal) ? null : AllocatorCatalog.Find(nameOrPath)?.Name;
        if (name is null || fetch(RecordPath(name)) is not { } path || new FileInfo(path).Length > MaxBytes)
            return null;
        try
        {
            Allocator? read = JsonSerializer.Deserialize(File.ReadAllBytes(path), ProvidedJson.Default.Allocator);
            return read is { Path: { } library } && read.Name == name && read.Dependencies.Append(library).All(IsOurs) ? read : null;
        }
        catch (JsonException)
        {
            return null; // somebody else's file: the search goes on as if it were not there
        }
    }

    private static bool IsOurs(string path) =>
        path.StartsWith(Folder + "/", StringComparison.Ordinal) && !path.Contains("..", StringComparison.Ordinal) && !path.AsSpan().ContainsAny(' ', ':');
}
