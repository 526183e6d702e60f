using System.Management.Automation;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Finds runs by ids with wildcards.</summary>
internal static class RunSelection
{
    /// <summary>The runs, oldest first for a wildcard. Those that cannot be read are told and left out.</summary>
    public static IEnumerable<AllocatorRun> Find(RunStore store, IEnumerable<string> ids, Action<Exception> onFailure) =>
        ids.SelectMany(id => Expand(store, id)).Select(id => Read(store, id, onFailure)).OfType<AllocatorRun>();

    /// <summary>Ids that a wildcard matches; all else as it is.</summary>
    public static IEnumerable<string> Expand(RunStore store, string id) => WildcardPattern.ContainsWildcardCharacters(id)
        ? store.Ids().Where(WildcardPattern.Get(id, WildcardOptions.IgnoreCase).IsMatch)
        : [id];

    private static AllocatorRun? Read(RunStore store, string id, Action<Exception> onFailure)
    {
        try
        {
            return store.Get(id);
        }
        catch (MemToolsException e)
        {
            onFailure(e);
            return null;
        }
    }
}
