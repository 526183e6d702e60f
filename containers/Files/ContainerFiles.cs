using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports;

namespace MemTools.Containers.Files;

/// <summary>The files of a container, running or not, seen through the engine's archives; contents come into the cache once.</summary>
internal sealed class ContainerFiles : IFileSource
{
    private readonly EngineClient client;
    private readonly Func<CancellationToken, Task<string>> container;
    private readonly Func<string, CancellationToken, Task<string[]?>> listByShell;
    private readonly ImageIndex index;
    private readonly bool isImage;
    private readonly Func<string, bool> isMounted;
    private readonly FileCache cache;
    private readonly Dictionary<string, IndexedPath> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> listed = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <param name="client">The engine.</param>
    /// <param name="container">Gives the container's id; may make it first.</param>
    /// <param name="listByShell">Names in a directory by a command in the container; null when it cannot be asked.</param>
    /// <param name="index">Of the image that the container is made from.</param>
    /// <param name="isImage">True when nothing ran in the container, so that its files are the image's and the index can be believed.</param>
    /// <param name="isMounted">True for paths that a mount covers: not the image's.</param>
    /// <param name="cache">Keeps contents.</param>
    public ContainerFiles(
        EngineClient client, Func<CancellationToken, Task<string>> container, Func<string, CancellationToken, Task<string[]?>> listByShell, ImageIndex index,
        bool isImage, Func<string, bool> isMounted, FileCache cache)
    {
        this.client = client;
        this.container = container;
        this.listByShell = listByShell;
        this.index = index;
        this.isImage = isImage;
        this.isMounted = isMounted;
        this.cache = cache;
    }

    /// <summary>Forgets what a command may have changed.</summary>
    public void Invalidate()
    {
        lock (gate)
        {
            seen.Clear();
            listed.Clear();
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => ResolveAsync(path, CancellationToken.None).GetAwaiter().GetResult() is { What: { Exists: true, IsDirectory: false } };

    /// <summary>True for a plain file that somebody may execute.</summary>
    public bool IsExecutable(string path) =>
        ResolveAsync(path, CancellationToken.None).GetAwaiter().GetResult().What is { Exists: true, IsDirectory: false } file && (file.Permissions & 0x49) != 0;

    /// <inheritdoc/>
    public string? Fetch(string path, CancellationToken cancellation) => FetchAsync(path, cancellation).GetAwaiter().GetResult();

    /// <summary>Names in a directory; empty when there is none.</summary>
    public IReadOnlyList<string> List(string directory) => ListAsync(directory, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>A path of this machine with the file's content; null when there is no such file.</summary>
    public async Task<string?> FetchAsync(string path, CancellationToken cancellation)
    {
        (string real, IndexedPath what) = await ResolveAsync(path, cancellation);
        if (!what.Exists || what.IsDirectory)
            return null;
        string name = real[(real.LastIndexOf('/') + 1)..];
        if (what.Key is { } known && cache.Find(known, name) is { } kept)
            return kept;
        // Same path, size and time of change in a container of the same image: the same file.
        if (!isImage && index.Find(real) is { Key: { } before } old && old.Size == what.Size && old.Modified == what.Modified
            && cache.Find(before, name) is { } same)
            return same;
        await using Stream? tar = await client.GetArchiveAsync(await container(cancellation), real, cancellation);
        if (tar is null)
            return null;
        var reader = new TarStreamReader(tar, real);
        if (await reader.NextAsync(cancellation) is not { Kind: TarKind.File })
            return null;
        string key = await cache.AddAsync(reader, name, cancellation);
        what = what with { Key = key };
        Remember(real, what);
        if (!isMounted(real))
        {
            index.Add(real, what);
            index.Save();
        }

        return cache.Find(key, name);
    }

    private async Task<(string Path, IndexedPath What)> ResolveAsync(string path, CancellationToken cancellation)
    {
        IndexedPath what = await StatAsync(path, cancellation);
        // The engine has followed the whole chain of links already.
        return what.LinkTarget is { } target && target != path ? (target, await StatAsync(target, cancellation)) : (path, what);
    }

    private async Task<IndexedPath> StatAsync(string path, CancellationToken cancellation)
    {
        bool fromImage = isImage && !isMounted(path);
        lock (gate)
        {
            if (seen.TryGetValue(path, out IndexedPath? before))
                return before;
        }

        if (fromImage && index.Find(path) is { } indexed)
            return indexed;
        PathStat? stat = path.StartsWith('/') ? await client.StatPathAsync(await container(cancellation), path, cancellation) : null;
        IndexedPath what = stat is null ? new IndexedPath() : new IndexedPath
        {
            Exists = stat.IsFile || stat.IsDirectory || stat.IsSymlink,
            IsDirectory = stat.IsDirectory,
            Size = stat.Size,
            Permissions = stat.Permissions,
            Modified = stat.Modified,
            LinkTarget = stat is { IsSymlink: true, LinkTarget.Length: > 0 } ? stat.LinkTarget : null,
        };
        Remember(path, what);
        if (fromImage)
            index.Add(path, what);
        return what;
    }

    private void Remember(string path, IndexedPath what)
    {
        lock (gate)
            seen[path] = what;
    }

    /// <summary>Names in a directory; empty when there is none.</summary>
    public async Task<string[]> ListAsync(string directory, CancellationToken cancellation)
    {
        bool fromImage = isImage && !isMounted(directory);
        lock (gate)
        {
            if (listed.TryGetValue(directory, out string[]? before))
                return before;
        }

        if (fromImage && index.FindDirectory(directory) is { } indexed)
            return indexed;
        (string real, IndexedPath what) = await ResolveAsync(directory, cancellation);
        string[] names = !what.Exists || !what.IsDirectory ? []
            : await listByShell(real, cancellation) ?? await ListByArchiveAsync(real, cancellation);
        lock (gate)
            listed[directory] = names;
        if (fromImage)
            index.AddDirectory(directory, names);
        return names;
    }

    /// <summary>For images without a shell, which are small: the archive of the directory, its contents passed over.</summary>
    private async Task<string[]> ListByArchiveAsync(string directory, CancellationToken cancellation)
    {
        await using Stream? tar = await client.GetArchiveAsync(await container(cancellation), directory, cancellation);
        if (tar is null)
            return [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new TarStreamReader(tar, directory);
        while (await reader.NextAsync(cancellation) is { } entry)
        {
            string[] parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length >= 2)
                names.Add(parts[1]);
        }

        return [.. names];
    }
}
