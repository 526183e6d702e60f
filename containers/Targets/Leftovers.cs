using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>Removes containers whose maker is gone: after a crash, a kill, or an engine that was lost.</summary>
public static class Leftovers
{
    /// <summary>Removes what no living process of this machine owns and nobody asked to keep.</summary>
    /// <returns>Ids of the containers removed.</returns>
    public static async Task<IReadOnlyList<string>> SweepAsync(EngineClient client, CancellationToken cancellation)
    {
        var removed = new List<string>();
        foreach (ContainerSummary one in await client.ListContainersAsync(true, ContainerLabels.Run, cancellation))
        {
            if (one.Labels is not { } labels || labels.ContainsKey(ContainerLabels.Keep)
                || !labels.TryGetValue(ContainerLabels.Owner, out string? owner) || !ContainerLabels.IsOwnerGone(owner)
                // An image made of such a container hands the labels on, but not the name.
                || !one.Names.Contains("/" + ContainerLabels.NameOf(labels[ContainerLabels.Run])))
                continue;
            try
            {
                await client.RemoveContainerAsync(one.Id, cancellation);
                removed.Add(one.Id);
            }
            catch (MemToolsException)
            {
                // A leftover that the engine will not remove now is tried again by the next run.
            }
        }

        return removed;
    }

    /// <summary>Removes containers in which an install was broken off together with its process.</summary>
    public static async Task SweepInstallsAsync(EngineClient client, CancellationToken cancellation)
    {
        foreach (ContainerSummary one in await client.ListContainersAsync(true, null, cancellation))
        {
            if (one.Names.Any(name => ContainerLabels.IsAbandonedInstall(name.TrimStart('/'))))
                await client.RemoveContainerAsync(one.Id, cancellation);
        }
    }
}
