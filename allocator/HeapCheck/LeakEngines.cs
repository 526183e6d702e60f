using MemTools.Allocators.HeapCheck.Gperftools;
using MemTools.Allocators.HeapCheck.Heaptrack;
using MemTools.Allocators.HeapCheck.Jemalloc;
using MemTools.Allocators.HeapCheck.LeakSanitizer;
using MemTools.Allocators.HeapCheck.Mtrace;
using MemTools.Allocators.HeapCheck.Valgrind;

namespace MemTools.Allocators.HeapCheck;

/// <summary>The leak engines that MemTools drives (docs/heap-check.md).</summary>
public static class LeakEngines
{
    /// <summary>All drivers.</summary>
    public static IReadOnlyList<ILeakEngine> All { get; } = 
        [new GperftoolsEngine(), new LeakSanitizerEngine(), new JemallocEngine(), new ValgrindEngine(), new MtraceEngine(), new HeaptrackEngine()];

    /// <summary>The names that may be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(static engine => engine.Name)];

    /// <summary>The driver of that name, ignoring case; null when there is none.</summary>
    public static ILeakEngine? Find(string? name)
    {
        foreach (ILeakEngine engine in All)
            if (engine.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return engine;
        return null;
    }
}
