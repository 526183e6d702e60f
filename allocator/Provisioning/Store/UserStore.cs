using System.Text.Json;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning.Store;

/// <summary>
/// The user's allocators, <c>$XDG_DATA_HOME/memtools/allocators/NAME/VERSION/</c>. Reading needs no lock: a folder appears and goes by
/// rename, whole. Writers hold <see cref="LockAsync"/>.
/// </summary>
/// <param name="root">The folder; null for the user's.</param>
public sealed class UserStore(string? root = null)
{
    internal const string ManifestName = "manifest.json";
    private const string TemporaryPrefix = ".tmp-";

    /// <summary>The store's folder; it need not exist.</summary>
    public string Root { get; } = root ?? Path.Combine(UserDirectories.Data, "allocators");

    /// <summary>Installed versions, newest first.</summary>
    /// <param name="name">Catalogue name, or null for all.</param>
    public IReadOnlyList<StoredAllocator> List(string? name = null)
    {
        var result = new List<StoredAllocator>();
        foreach (var folder in name is null ? Folders(Root) : [Path.Combine(Root, name)])
        {
            foreach (var version in Folders(folder))
            {
                if (Read(version) is { } stored)
                {
                    result.Add(stored);
                }
            }
        }

        result.Sort((a, b) => string.CompareOrdinal(a.Manifest.Name, b.Manifest.Name) is var order and not 0
            ? order
            : Catalog.LibraryVersion.Compare(b.Manifest.Version, a.Manifest.Version));
        return result;
    }

    /// <summary>The folder of a version. Colons and blanks, which LD_PRELOAD would split at, are replaced.</summary>
    public string FolderOf(string name, string version) =>
        Path.Combine(Root, name, string.Concat(version.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-' or '~' ? c : '_')));

    /// <summary>Takes the writers' lock, waiting for whoever holds it; dispose to release it. The kernel releases it when the process dies.</summary>
    /// <exception cref="MemToolsException"><c>StoreNotWritable</c>.</exception>
    public async Task<IDisposable> LockAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(Root, ".lock");
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Directory.CreateDirectory(Root);

                // FileShare.None is flock(2) on Unix.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsShared(e))
            {
                await Task.Delay(50, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(e);
            }
        }
    }

    /// <summary>A new folder to fill, in the same file system as its final place. Only under the lock.</summary>
    internal string CreateTemporary()
    {
        var path = Path.Combine(Root, TemporaryPrefix + Guid.NewGuid().ToString("n"));
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }

        return path;
    }

    /// <summary>Removes what interrupted installs left. Only under the lock: then nobody works in those folders.</summary>
    internal void Sweep()
    {
        foreach (var folder in Folders(Root).Where(f => Path.GetFileName(f).StartsWith(TemporaryPrefix, StringComparison.Ordinal)))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes the manifest into a filled temporary folder and moves that to its place, in exchange for what is there. Only under the lock.</summary>
    internal StoredAllocator Publish(string temporary, StoreManifest manifest)
    {
        var target = FolderOf(manifest.Name, manifest.Version);
        try
        {
            File.WriteAllBytes(Path.Combine(temporary, ManifestName), JsonSerializer.SerializeToUtf8Bytes(manifest, StoreJson.Default.StoreManifest));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (Directory.Exists(target))
            {
                AtomicMove.Exchange(temporary, target);
                Directory.Delete(temporary, recursive: true);
            }
            else
            {
                Directory.Move(temporary, target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }

        return new StoredAllocator(target, manifest);
    }

    /// <summary>Removes a version: first out of sight by rename, then from the disk. Only under the lock.</summary>
    internal void Remove(StoredAllocator stored)
    {
        var trash = Path.Combine(Root, TemporaryPrefix + Guid.NewGuid().ToString("n"));
        try
        {
            Directory.Move(stored.Directory, trash);
            Directory.Delete(trash, recursive: true);
            var parent = Path.GetDirectoryName(stored.Directory)!;
            if (!Directory.EnumerateFileSystemEntries(parent).Any())
            {
                Directory.Delete(parent);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(e);
        }
    }

    // A folder without a readable manifest is none of ours or was damaged: it counts as not installed, and -Force replaces it.
    private static StoredAllocator? Read(string folder)
    {
        try
        {
            var stored = new StoredAllocator(folder, StoreManifestReader.Read(File.ReadAllBytes(Path.Combine(folder, ManifestName))));
            return stored.LibraryPath is null || File.Exists(stored.LibraryPath) ? stored : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static string[] Folders(string path)
    {
        try
        {
            return Directory.GetDirectories(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // EWOULDBLOCK of flock; other I/O errors (no space, read-only) have other codes.
    private static bool IsShared(IOException e) => e.GetType() == typeof(IOException) && e.HResult is 11 or 35;

    private MemToolsException NotWritable(Exception e) => new(
        "StoreNotWritable", e is UnauthorizedAccessException ? MemToolsErrorCategory.PermissionDenied : MemToolsErrorCategory.WriteError,
        $"The allocator store '{Root}' cannot be written: {e.Message}", Root,
        "Check its owner and the space on its disk, or set XDG_DATA_HOME to a folder that you may write.", e);
}
