using System.Text.Json;
using System.Text.Json.Serialization;
using MemTools.Allocators.Provisioning.Store;

namespace MemTools.Containers.Files;

/// <summary>What is at a path of an image.</summary>
internal sealed record IndexedPath
{
    /// <summary>False when nothing is there.</summary>
    public bool Exists { get; init; }

    public bool IsDirectory { get; init; }

    public long Size { get; init; }

    /// <summary>Unix permission bits.</summary>
    public int Permissions { get; init; }

    public DateTimeOffset Modified { get; init; }

    /// <summary>Where a link leads in the end; null for what is no link.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Key in the file cache; null when it was not fetched.</summary>
    public string? Key { get; init; }
}

/// <summary>The index's file.</summary>
internal sealed record ImageIndexFile
{
    public int SchemaVersion { get; init; }

    public Dictionary<string, IndexedPath> Paths { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, string[]> Directories { get; init; } = new(StringComparer.Ordinal);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageIndexFile))]
internal sealed partial class ImageIndexJson : JsonSerializerContext;

/// <summary>
/// What was seen of an image's files, remembered in <c>$XDG_CACHE_HOME/memtools/images/ID/index.json</c>: an image never changes, so that the second run
/// of the same image asks the engine nothing. A missing or damaged index costs only time.
/// </summary>
internal sealed class ImageIndex
{
    private const int Schema = 1;
    private readonly Lock gate = new();
    private readonly string name;
    private readonly ImageIndexFile known;
    private bool changed;

    /// <param name="imageId">The image's id.</param>
    /// <param name="ofContainers">True for what was seen in containers of the image: a file there need not be the image's.</param>
    /// <param name="root">The folder of all images; null for the user's.</param>
    public ImageIndex(string imageId, bool ofContainers, string? root = null)
    {
        name = ofContainers ? "containers.json" : "index.json";
        string id = imageId[(imageId.IndexOf(':', StringComparison.Ordinal) + 1)..];
        Folder = Path.Combine(root ?? Path.Combine(UserDirectories.Cache, "images"), id);
        known = Read() ?? new ImageIndexFile();
    }

    /// <summary>The image's folder of the cache.</summary>
    public string Folder { get; }

    private string FilePath => Path.Combine(Folder, name);

    public IndexedPath? Find(string path)
    {
        lock (gate)
            return known.Paths.GetValueOrDefault(path);
    }

    public string[]? FindDirectory(string path)
    {
        lock (gate)
            return known.Directories.GetValueOrDefault(path);
    }

    public void Add(string path, IndexedPath what)
    {
        lock (gate)
        {
            known.Paths[path] = what;
            changed = true;
        }
    }

    public void AddDirectory(string path, string[] names)
    {
        lock (gate)
        {
            known.Directories[path] = names;
            changed = true;
        }
    }

    /// <summary>Writes what was learnt; of two writers at once the later wins, and the other's facts are learnt again.</summary>
    public void Save()
    {
        lock (gate)
        {
            if (!changed)
                return;
            string temporary = $"{FilePath}.{Environment.ProcessId}.{Guid.NewGuid():n}";
            try
            {
                Directory.CreateDirectory(Folder);
                File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(known with { SchemaVersion = Schema }, ImageIndexJson.Default.ImageIndexFile));
                File.Move(temporary, FilePath, overwrite: true);
                changed = false;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Without an index the next run asks the engine again: slower, never wrong.
                File.Delete(temporary);
            }
        }
    }

    private ImageIndexFile? Read()
    {
        try
        {
            using FileStream stream = File.OpenRead(FilePath);
            ImageIndexFile? file = JsonSerializer.Deserialize(stream, ImageIndexJson.Default.ImageIndexFile);
            return file is { SchemaVersion: Schema, Paths: not null, Directories: not null } ? file : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
