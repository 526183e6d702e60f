using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Detect;

/// <summary>Which leak engines can check programs that run under an allocator on a target.</summary>
internal sealed class EngineSearch(ITarget target, LibrarySearch search)
{
    private readonly Lazy<IReadOnlyList<string>> common = new(() => FindCommon(target, search));
    private readonly Lazy<bool> mtrace = new(() => search.FindSoname("libc_malloc_debug.so.0").Any());

    /// <summary>The allocator's own that were proved, then those present that work with any allocator by taking its place; best first.</summary>
    public IReadOnlyList<string> Of(Allocator allocator)
    {
        if (!allocator.IsInstalled)
        {
            return [];
        }

        var entry = AllocatorCatalog.Find(allocator.Name);
        if (entry?.Kind == CatalogKind.LeakEngine)
        {
            return entry.OwnEngines;
        }

        var own = (entry?.OwnEngines ?? []).Where(e => e switch
        {
            "Gperftools" => allocator.HeapCheck == Capability.Supported,
            "Jemalloc" => allocator.HeapProfile == Capability.Supported,
            "Mtrace" => mtrace.Value,
            _ => false,
        }).ToList();

        // mtrace, like heaptrack, only tells what is live: behind those that tell lost from reachable.
        return own.Contains("Gperftools") ? [.. own, .. common.Value]
            : [.. common.Value.Where(e => e != "Heaptrack"), .. own, .. common.Value.Where(e => e == "Heaptrack")];
    }

    private static List<string> FindCommon(ITarget target, LibrarySearch search)
    {
        var engines = new List<string>();
        foreach (var entry in new[] { EngineEntries.Lsan, EngineEntries.Valgrind, EngineEntries.Heaptrack })
        {
            if (entry.Program is { } program ? target.FindProgram(program) is not null : entry.Sonames.SelectMany(search.FindSoname).Any())
            {
                engines.Add(entry.OwnEngines[0]);
            }
        }

        return engines;
    }
}
