namespace MemTools.Reports.Leaks;

/// <summary>What the launcher knows of the process. Unknown things stay null.</summary>
public sealed record ProcessFacts
{
    /// <summary>Nothing is known: the report was found as files.</summary>
    public static ProcessFacts Unknown { get; } = new();

    /// <summary>Null when ended by a signal, still running, or unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended it, for example <c>SIGSEGV</c>; null when none or unknown.</summary>
    public string? Signal { get; init; }

    /// <summary>True when the launcher ended it at the time limit.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The heap-check mode as HEAPCHECK spells it (<c>normal</c>, <c>local</c>, …); null when unknown.</summary>
    public string? Mode { get; init; }

    /// <summary>True when the program is statically linked, so that nothing can be preloaded.</summary>
    public bool IsStatic { get; init; }

    /// <summary>False when the allocator's library has no heap checker (tcmalloc-minimal, gperftools 2.17 and newer, any other allocator).</summary>
    public bool? LibraryHasChecker { get; init; }

    /// <summary>False when the process's maps showed that the library was not loaded.</summary>
    public bool? LibraryLoaded { get; init; }

    /// <summary>The allocator as a person would name it, for example <c>tcmalloc 2.18.1</c>; null when unknown.</summary>
    public string? Allocator { get; init; }

    /// <summary>False when standard error was neither kept nor seen.</summary>
    public bool StandardErrorKept { get; init; } = true;

    /// <summary>False when the folder for *.heap files could not be written.</summary>
    public bool? DumpDirectoryWritable { get; init; }

    /// <summary>Images of the process that are known to have replaced themselves by exec (<c>env</c>, <c>exec</c> in a shell): they announce a checker and give no verdict.</summary>
    public int ReplacedImages { get; init; }

    /// <summary>True when no other process of the run executed a program, so that there is at most one whole-program verdict.</summary>
    public bool IsOnlyProcess { get; init; }

    /// <summary>True when a marker or the engine's own file shows that the process went through its exit handlers.</summary>
    public bool? ExitHandlersRan { get; init; }
}
