using MemTools.Allocators.HeapCheck.Gperftools;

namespace MemTools.Allocators.HeapCheck;

/// <summary>The leak engines that MemTools drives, in the order in which <c>Auto</c> prefers them (docs/heap-check.md).</summary>
public static class LeakEngines
{
    /// <summary>All drivers.</summary>
    public static IReadOnlyList<ILeakEngine> All { get; } = [new GperftoolsEngine()];

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
