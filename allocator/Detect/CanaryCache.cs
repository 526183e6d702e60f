using MemTools.Allocators.Provisioning.Store;

namespace MemTools.Allocators.Detect;

/// <summary>What is remembered of a library.</summary>
internal sealed record CanaryEntry
{
    public required LibraryFacts Facts { get; init; }

    public required CanaryResult Result { get; init; }
}

/// <summary>The cache's file.</summary>
internal sealed record CanaryCacheFile
{
    public int SchemaVersion { get; init; }

    /// <summary>What all results depend on: the loader's cache and the canary program. Another value, and nothing holds any more.</summary>
    public string System { get; init; } = "";

    /// <summary>By build-id, or by path, size and time of change for a file without one.</summary>
    public Dictionary<string, CanaryEntry> Libraries { get; init; } = [];

    /// <summary>Path, size and time of change → key in <see cref="Libraries"/>, so that an unchanged file is not even opened.</summary>
    public Dictionary<string, string> Files { get; init; } = [];
}

/// <summary>
/// Remembers canary results of this machine in <c>$XDG_CACHE_HOME/memtools/canary.json</c>. Writers replace the file whole and merge what
/// others wrote; a missing, damaged or unwritable cache costs only time.
/// </summary>
/// <param name="path">The file; null for the user's.</param>
public sealed class CanaryCache(string? path = null)
{
    private const int Schema = 2;
    private const int MaxEntries = 1000;
    private readonly Lock gate = new();
    private readonly string path = path ?? Path.Combine(UserDirectories.Cache, "canary.json");
    private CanaryCacheFile? known;
    private bool changed;

    /// <summary>The entry of an unchanged file; null when there is none.</summary>
    internal CanaryEntry? FindByFile(string system, string fileKey)
    {
        lock (gate)
        {
            var file = Load(system);
            return file.Files.GetValueOrDefault(fileKey) is { } key ? file.Libraries.GetValueOrDefault(key) : null;
        }
    }

    /// <summary>The entry of a library's key; null when there is none.</summary>
    internal CanaryEntry? FindByKey(string system, string key)
    {
        lock (gate)
        {
            return Load(system).Libraries.GetValueOrDefault(key);
        }
    }

    /// <summary>Remembers an entry until <see cref="Save"/>.</summary>
    internal void Add(string system, string fileKey, string key, CanaryEntry entry)
    {
        lock (gate)
        {
            var file = Load(system);
            file.Libraries[key] = entry;
            file.Files[fileKey] = key;
            changed = true;
        }
    }

    /// <summary>Writes what was added, together with what others wrote meanwhile.</summary>
    internal void Save()
    {
        lock (gate)
        {
            if (!changed || known is null)
            {
                return;
            }

            var merged = ReadFile() is { } other && other.System == known.System ? other : new CanaryCacheFile();
            if (merged.Libraries.Count > MaxEntries || merged.Files.Count > MaxEntries)
            {
                merged = new CanaryCacheFile();
            }

            merged = merged with { SchemaVersion = Schema, System = known.System };
            foreach (var (key, entry) in known.Libraries)
            {
                merged.Libraries[key] = entry;
            }

            foreach (var (file, key) in known.Files)
            {
                merged.Files[file] = key;
            }

            var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}";
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(temporary, CanaryCacheJson.ToUtf8(merged));
                File.Move(temporary, path, overwrite: true);
                changed = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Without a cache the next call probes again: slower, never wrong.
                File.Delete(temporary);
            }
        }
    }

    private CanaryCacheFile Load(string system)
    {
        if (known is null || known.System != system)
        {
            known = ReadFile() is { } file && file.System == system ? file : new CanaryCacheFile { SchemaVersion = Schema, System = system };
            changed = false;
        }

        return known;
    }

    private CanaryCacheFile? ReadFile()
    {
        try
        {
            // The usual case without a cache; an exception costs milliseconds.
            if (!File.Exists(path))
            {
                return null;
            }

            var file = CanaryCacheJson.Parse(File.ReadAllBytes(path));
            return file.SchemaVersion == Schema ? file : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
