using System.Collections;

namespace MemTools.Commands;

/// <summary>Completes leak-check modes, least strict first.</summary>
public sealed class HeapCheckCompleter : MemToolsCompleter
{
    private static readonly Suggestion[] Modes =
    [
        new("Minimal", "The lightest check: starts late and forgives what global constructors left"),
        new("Normal", "The usual check: what nothing reaches at exit is a leak"),
        new("Strict", "As Normal, also for what global destructors should have freed"),
        new("Draconian", "Everything that is not freed is a leak, reachable or not"),
        new("AsIs", "The HEAP_CHECK_* variables as they are set"),
        new("Local", "Only the program's own HeapLeakChecker objects"),
        new("None", "No leak check"),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound) => Modes;
}

/// <summary>Completes leak engines.</summary>
public sealed class EngineCompleter : MemToolsCompleter
{
    private static readonly Suggestion[] Engines =
    [
        new("Auto", "The best one that the allocator and the machine have"),
        new("Gperftools", "The heap checker of gperftools up to 2.16"),
        new("LeakSanitizer", "Preloaded LeakSanitizer; works for every dynamic program"),
        new("Jemalloc", "jemalloc's profile at exit; cannot tell reachable from lost"),
        new("Valgrind", "memcheck; slow and thorough"),
        new("Mtrace", "glibc's malloc trace; cannot tell reachable from lost"),
        new("Heaptrack", "heaptrack; cannot tell reachable from lost"),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound) => Engines;
}
