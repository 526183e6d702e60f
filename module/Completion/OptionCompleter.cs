using System.Collections;
using MemTools.Allocators.Catalog;

namespace MemTools.Commands;

/// <summary>Completes <c>-AllocatorOption</c> with a hashtable that holds one option of the chosen allocator and its default.</summary>
public sealed class OptionCompleter : MemToolsCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<Suggestion> Suggest(string command, IDictionary bound)
    {
        var name = bound["Allocator"] as string ?? "tcmalloc";
        return (AllocatorCatalog.Find(name)?.Variables ?? []).Select(v => new Suggestion($"@{{ {v.Name} = '{v.Default}' }}", v.Meaning));
    }

    /// <inheritdoc/>
    protected override string Quote(string text) => text;
}
