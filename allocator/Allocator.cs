using MemTools.Reports.Model;

namespace MemTools.Allocators;

/// <summary>What an allocator's library can do.</summary>
public enum Capability
{
    /// <summary>Not found out yet.</summary>
    Unknown,

    /// <summary>The canary run proved it.</summary>
    Supported,

    /// <summary>This library never had it, or was built without it.</summary>
    Absent,

    /// <summary>Upstream removed it from this version on (gperftools 2.17 and later: the heap checker).</summary>
    Removed,
}

/// <summary>Where an allocator's library belongs.</summary>
public enum InstallScope
{
    /// <summary>The per-user store; no root needed.</summary>
    CurrentUser,

    /// <summary>The system, by its package manager.</summary>
    AllUsers,

    /// <summary>A library that the user named by path.</summary>
    Custom,
}

/// <summary>An allocator known to the catalogue or present on a target. JSON form: docs/json.md.</summary>
public sealed record Allocator
{
    /// <summary>Catalogue name: ptmalloc, tcmalloc, tcmalloc-minimal, tcmalloc-debug, jemalloc, mimalloc, tbbmalloc.</summary>
    public required string Name { get; init; }

    /// <summary>Upstream version; null when not installed or not recorded in the file.</summary>
    public string? Version { get; init; }

    /// <summary>Path of the library on the target; null when not installed.</summary>
    public string? Path { get; init; }

    /// <summary>Package that brought it or would bring it; null when unknown.</summary>
    public string? Package { get; init; }

    /// <summary>Where it belongs; null when not installed.</summary>
    public InstallScope? Scope { get; init; }

    /// <summary>x86_64, aarch64, i386, …; null when not installed.</summary>
    public string? Architecture { get; init; }

    /// <summary><c>glibc</c> or <c>musl</c>; null when not installed or unknown.</summary>
    public string? Libc { get; init; }

    /// <summary>Whole-program leak check by this library.</summary>
    public Capability HeapCheck { get; init; }

    /// <summary>Heap profiling by this library.</summary>
    public Capability HeapProfile { get; init; }

    /// <summary>Leak engines that can check a program under this allocator, best first.</summary>
    public IReadOnlyList<string> Engines { get; init => field = value.Indexable(); } = [];

    /// <summary>Build-id of the library; null when it has none.</summary>
    public string? BuildId { get; init; }

    /// <summary>Libraries to preload before <see cref="Path"/> because no search path finds them, in order.</summary>
    public IReadOnlyList<string> Dependencies { get; init => field = value.Indexable(); } = [];

    /// <summary>
    /// Why the library cannot be used on its target or could not be proved there, in the loader's words where it spoke; null when the
    /// canary ran well, or when nothing is installed.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>What LD_PRELOAD takes for it, in order: nothing for glibc's own malloc.</summary>
    public IReadOnlyList<string> GetPreload() => Path is null || Name == "ptmalloc" ? [] : [.. Dependencies, Path];

    /// <summary>True when a library was found.</summary>
    public bool IsInstalled => Path is not null;
}
