using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Store;

namespace MemTools.Allocators.Detect;

/// <summary>A library file that may be an allocator.</summary>
/// <param name="Path">Path on the target.</param>
/// <param name="Entry">The catalogue entry whose soname it has; null when it was named by path.</param>
/// <param name="Scope">Where it belongs.</param>
/// <param name="Stored">The store's folder it is from; null for others.</param>
internal sealed record LibraryCandidate(string Path, CatalogEntry? Entry, InstallScope Scope, StoredAllocator? Stored = null);

/// <summary>Looks for libraries where the dynamic loader would, and in the user's store.</summary>
internal sealed class LibrarySearch
{
    private readonly ITarget target;
    private readonly IReadOnlyList<(string Soname, string Path)> cache;
    private readonly Lazy<Dictionary<string, List<string>>> folders;

    public LibrarySearch(ITarget target, CancellationToken cancellation)
    {
        this.target = target;
        cache = target.Fetch(LdSoCache.DefaultPath, cancellation) is { } file ? LdSoCache.Read(File.ReadAllBytes(file)) : [];
        folders = new(ReadFolders);
    }

    /// <summary>Paths at which the entry's library lies, the store's first, then the loader's choice.</summary>
    /// <param name="entry">What to look for.</param>
    /// <param name="store">The user's store; null where there is none.</param>
    /// <param name="everywhere">False to leave the loader's folders alone when the store or the loader's cache has it: those are many.</param>
    public IReadOnlyList<LibraryCandidate> Find(CatalogEntry entry, UserStore? store, bool everywhere = true)
    {
        var result = new List<LibraryCandidate>();
        foreach (var stored in store?.List(entry.Name) ?? [])
        {
            if (stored.LibraryPath is { } path)
            {
                result.Add(new LibraryCandidate(path, entry, InstallScope.CurrentUser, stored));
            }
        }

        var seen = new HashSet<string>();
        var paths = entry.Sonames.SelectMany(FindCached).ToList();
        if (everywhere || (paths.Count == 0 && result.Count == 0))
        {
            paths.AddRange(entry.Sonames.SelectMany(InFolders));
        }

        foreach (var path in paths)
        {
            // /lib is a link to /usr/lib nearly everywhere: one library, not two.
            if (seen.Add(path.StartsWith("/usr/", StringComparison.Ordinal) ? path[4..] : path))
            {
                result.Add(new LibraryCandidate(path, entry, InstallScope.AllUsers));
            }
        }

        return result;
    }

    /// <summary>Paths of a soname in the loader's cache and its folders.</summary>
    public IEnumerable<string> FindSoname(string soname) => FindCached(soname).Concat(InFolders(soname));

    private IEnumerable<string> FindCached(string soname) =>
        cache.Where(c => c.Soname == soname && target.Exists(c.Path)).Select(c => c.Path);

    // Nine questions here; elsewhere, where each has its price, one listing answers all.
    private IEnumerable<string> InFolders(string soname) => target is LocalTarget
        ? LoaderFolders.Of(target.Architecture).Select(folder => $"{folder}/{soname}").Where(target.Exists)
        : folders.Value.GetValueOrDefault(soname) ?? [];

    private Dictionary<string, List<string>> ReadFolders()
    {
        var result = new Dictionary<string, List<string>>();
        foreach (var folder in LoaderFolders.Of(target.Architecture))
        {
            foreach (var name in target.List(folder))
            {
                if (name.Contains(".so", StringComparison.Ordinal))
                {
                    (result.TryGetValue(name, out var paths) ? paths : result[name] = []).Add($"{folder}/{name}");
                }
            }
        }

        return result;
    }
}

/// <summary>Folders that the dynamic loader looks into by itself, glibc's and musl's.</summary>
public static class LoaderFolders
{
    /// <summary>In the order they are looked into; some need not exist.</summary>
    /// <param name="architecture">As uname and ELF name it: x86_64.</param>
    public static IReadOnlyList<string> Of(string architecture)
    {
        // Debian's multiarch names; i386 is i386-linux-gnu whatever the processor, arm has its ABI in the name.
        var triplet = architecture switch
        {
            "arm" => "arm-linux-gnueabihf",
            "ppc64le" => "powerpc64le-linux-gnu",
            _ => architecture + "-linux-gnu",
        };
        return
        [
            $"/usr/lib/{triplet}", $"/lib/{triplet}", "/usr/lib64", "/lib64", "/usr/lib", "/lib",
            $"/usr/local/lib/{triplet}", "/usr/local/lib64", "/usr/local/lib",
        ];
    }
}
