using MemTools.Reports.Errors;

namespace MemTools.Allocators.Catalog;

/// <summary>The allocators and leak engines that MemTools knows: packages, sonames, settings. docs/allocators.md is the same for reading.</summary>
public static class AllocatorCatalog
{
    /// <summary>The allocators, in the order in which they are shown.</summary>
    public static IReadOnlyList<CatalogEntry> Allocators { get; } =
    [
        GlibcEntries.Ptmalloc, GperftoolsEntries.Tcmalloc, GperftoolsEntries.TcmallocMinimal, GperftoolsEntries.TcmallocDebug,
        OtherEntries.Jemalloc, OtherEntries.Mimalloc, OtherEntries.Tbbmalloc,
    ];

    /// <summary>The leak engines that are packages of their own.</summary>
    public static IReadOnlyList<CatalogEntry> LeakEngines { get; } =
        [EngineEntries.Lsan, EngineEntries.Valgrind, EngineEntries.Heaptrack, EngineEntries.MallocDebug];

    /// <summary>Everything.</summary>
    public static IReadOnlyList<CatalogEntry> All { get; } = [.. Allocators, .. LeakEngines];

    /// <summary>
    /// Engines that work whatever the allocator, because they replace malloc or simulate the processor; best first: full
    /// reachability before mere liveness, cheap before dear.
    /// </summary>
    public static IReadOnlyList<string> CommonEngines { get; } = ["LeakSanitizer", "Valgrind", "Heaptrack"];

    /// <summary>The entry of that name or alias, ignoring case; null when there is none.</summary>
    public static CatalogEntry? Find(string name) =>
        All.FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? All.FirstOrDefault(e => e.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>The entry of that name or alias.</summary>
    /// <exception cref="MemToolsException"><c>UnknownAllocator</c>.</exception>
    public static CatalogEntry Get(string name)
    {
        if (Find(name) is { } entry)
        {
            return entry;
        }

        var near = Spelling.Nearest(name, All.Select(e => e.Name));
        throw new MemToolsException(
            "UnknownAllocator", MemToolsErrorCategory.ObjectNotFound,
            $"The catalogue has no allocator or engine named '{name}'.", name,
            (near is null ? "" : $"Did you mean {near}? ") + $"Known: {string.Join(", ", All.Select(e => e.Name))}. A library is named by its path.");
    }

    /// <summary>The entry whose library has that soname; null when there is none.</summary>
    public static CatalogEntry? FindBySoname(string soname) => All.FirstOrDefault(e => e.Sonames.Contains(soname));
}
