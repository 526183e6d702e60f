using MemTools.Allocators.Detect;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Provisioning;

/// <summary>
/// Which unpacked libraries have to be preloaded before a library, so that no LD_LIBRARY_PATH is needed: those of its needed sonames, and of
/// theirs, that the system has not. The loader takes an object already loaded of that soname instead of searching.
/// </summary>
/// <param name="unpacked">File name to path of what was unpacked.</param>
/// <param name="isOnSystem">True when the loader would find a soname by itself.</param>
internal sealed class DependencyClosure(IReadOnlyDictionary<string, string> unpacked, Func<string, bool> isOnSystem)
{
    private readonly List<string> order = [];
    private readonly List<string> missing = [];
    private readonly HashSet<string> seen = [];

    /// <summary>Files to preload, what others need first.</summary>
    public IReadOnlyList<string> Order => order;

    /// <summary>Sonames that neither the system nor the packages have.</summary>
    public IReadOnlyList<string> Missing => missing;

    /// <summary>Newest glibc version that one of them needs; null when none is needed.</summary>
    public string? NeedsGlibc { get; private set; }

    /// <summary>Walks from a library; its own file is not put into <see cref="Order"/>.</summary>
    public void Walk(string file)
    {
        using var elf = ElfFile.Open(file);
        var needs = LibraryFacts.Read(elf).NeedsGlibc;
        if (Catalog.LibraryVersion.Compare(needs, NeedsGlibc) > 0)
        {
            NeedsGlibc = needs;
        }

        foreach (var soname in elf.NeededLibraries)
        {
            if (!seen.Add(soname) || isOnSystem(soname))
            {
                continue;
            }

            if (unpacked.TryGetValue(soname, out var path))
            {
                Walk(path);
                order.Add(path);
            }
            else
            {
                missing.Add(soname);
            }
        }
    }
}
