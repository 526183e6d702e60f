using MemTools.Allocators.HeapCheck;

namespace MemTools.Allocators.Launch;

/// <summary>What happens to a standard stream of the program.</summary>
public enum StreamMode
{
    /// <summary>Shown as it comes and kept in the run folder.</summary>
    Tee,

    /// <summary>The caller's own stream, untouched; nothing is kept.</summary>
    Inherit,

    /// <summary>Kept in the run folder only.</summary>
    Capture,
}

/// <summary>What the user asks for; the front (cmdlet or command line) only fills it.</summary>
public sealed record LaunchRequest
{
    /// <summary>Program as the user named it: a path, or a name looked up in PATH.</summary>
    public required string FilePath { get; init; }

    /// <summary>argv[1..] as raw bytes.</summary>
    public IReadOnlyList<byte[]> Arguments { get; init; } = [];

    /// <summary>Catalogue name or path of a library; null for the best one for the check that is asked for.</summary>
    public string? Allocator { get; init; }

    public HeapCheckMode HeapCheck { get; init; }

    /// <summary>Engine name; null or <c>auto</c> to choose.</summary>
    public string? Engine { get; init; }

    /// <summary>
    /// Stacks by frame pointers alone, at a thirtieth of the cost per allocation, where the engine has a choice (LeakSanitizer). Totals and the allocating functions
    /// stay right; in code without frame pointers stacks end early, so that fingerprints are less stable.
    /// </summary>
    public bool FastStacks { get; init; }

    /// <summary>For the second run of <see cref="RepeatedLaunch"/>: how often it repeats its work, and what it is compared with; null for other runs.</summary>
    public RunRepeat? Repeat { get; init; }

    /// <summary>Turns the allocator's heap profiler on.</summary>
    public bool HeapProfile { get; init; }

    /// <summary>Bytes allocated between two dumps; null for the allocator's default.</summary>
    public long? HeapProfileInterval { get; init; }

    /// <summary>Allocator options by catalogue name, checked: an unknown one is an error.</summary>
    public IReadOnlyDictionary<string, string> AllocatorOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>HEAP_CHECK_TEST_POINTER_ALIGNMENT.</summary>
    public bool TestPointerAlignment { get; init; }

    /// <summary>HEAP_CHECK_MAX_POINTER_OFFSET, in bytes; -1 for whole objects.</summary>
    public long? MaxPointerOffset { get; init; }

    /// <summary>TCMALLOC_MAX_FREE_QUEUE_SIZE, in bytes (debug allocator).</summary>
    public long? MaxFreeQueueSize { get; init; }

    /// <summary>TCMALLOC_RECLAIM_MEMORY (debug allocator).</summary>
    public bool? ReclaimMemory { get; init; }

    /// <summary>Variables to set (null value: to remove) on top of the caller's environment.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// The caller will not wait: the program gets a session of its own, no terminal input, and its streams go to the run folder only.
    /// </summary>
    public bool NoWait { get; init; }

    public StreamMode StandardOutput { get; init; }

    public StreamMode StandardError { get; init; }

    /// <summary>File for standard input; null to inherit.</summary>
    public string? StandardInputPath { get; init; }

    /// <summary>After this the program gets SIGTERM, then SIGKILL; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Starts although the preflight says that no check can run.</summary>
    public bool AllowUnchecked { get; init; }
}
