namespace MemTools.Allocators.HeapCheck;

/// <summary>gperftools' HEAPCHECK modes; other engines map them as docs/heap-check.md says.</summary>
public enum HeapCheckMode
{
    /// <summary>No leak check.</summary>
    None,
    Minimal,
    Normal,
    Strict,
    Draconian,

    /// <summary>The individual HEAP_CHECK_* flags as set; <c>as-is</c> in the environment.</summary>
    AsIs,

    /// <summary>Only explicit HeapLeakChecker objects in the program.</summary>
    Local,
}
