using System.Collections;
using MemTools.Allocators.Catalog;

namespace MemTools.Commands;

/// <summary>Completes names of the catalogue's allocators.</summary>
public sealed class AllocatorCompleter : MemToolsCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound) =>
        AllocatorCatalog.Allocators.Select(e => new Suggestion(e.Name, e.Summary));
}

/// <summary>Completes names of everything that can be installed: allocators and leak engines.</summary>
public sealed class InstallableCompleter : MemToolsCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound) =>
        AllocatorCatalog.All.Where(e => e.Name != "ptmalloc").Select(e => new Suggestion(e.Name, e.Summary));
}
