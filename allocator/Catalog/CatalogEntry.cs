namespace MemTools.Allocators.Catalog;

/// <summary>What a catalogue entry is.</summary>
public enum CatalogKind
{
    /// <summary>Replaces malloc when it is preloaded (or, ptmalloc, is malloc).</summary>
    Allocator,

    /// <summary>Finds leaks under other allocators; installed like an allocator.</summary>
    LeakEngine,
}

/// <summary>An allocator or a leak engine that MemTools knows. The catalogue is <see cref="AllocatorCatalog"/>.</summary>
public sealed record CatalogEntry
{
    /// <summary>The name users give, for example <c>tcmalloc</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Other names that mean the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Allocator or leak engine.</summary>
    public CatalogKind Kind { get; init; }

    /// <summary>What it is, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Upstream { get; init; }

    /// <summary>Sonames of the library to preload, newest first; empty for an engine that is a program.</summary>
    public IReadOnlyList<string> Sonames { get; init; } = [];

    /// <summary>The program of an engine that wraps the program under test; null for libraries.</summary>
    public string? Program { get; init; }

    /// <summary>Packages per family.</summary>
    public IReadOnlyList<PackageNames> Packages { get; init; } = [];

    /// <summary>Settings that it takes from its environment.</summary>
    public IReadOnlyList<AllocatorVariable> Variables { get; init; } = [];

    /// <summary>First version without the heap checker; null when it never had one or still has it.</summary>
    public string? HeapCheckRemoved { get; init; }

    /// <summary>Leak engines of its own, best first; every glibc program can also be checked by <see cref="AllocatorCatalog.CommonEngines"/>.</summary>
    public IReadOnlyList<string> OwnEngines { get; init; } = [];

    /// <summary>True when a preloaded leak engine or wrapper that replaces malloc can stand in for it.</summary>
    public bool CanBeReplaced { get; init; } = true;

    /// <summary>Package names of one family; null when the family has none.</summary>
    public PackageNames? PackagesOf(PackageFamily family) => Packages.FirstOrDefault(p => p.Family == family);

    /// <summary>The setting of that name (ignoring case, former names too); null when it has none.</summary>
    public AllocatorVariable? FindVariable(string name) =>
        Variables.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? Variables.FirstOrDefault(v => v.FormerNames.Contains(name, StringComparer.OrdinalIgnoreCase));
}
