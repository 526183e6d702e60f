using System.Management.Automation;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Removes runs and their files.</summary>
[Cmdlet(VerbsCommon.Remove, "AllocatorRun", DefaultParameterSetName = ById, SupportsShouldProcess = true)]
public sealed class RemoveAllocatorRunCommand : AllocatorRunCmdlet
{
    private const string ByAge = "Age";

    /// <summary>All finished runs that started longer ago than this.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByAge)]
    [DurationTransformation]
    public TimeSpan OlderThan { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        // A record that cannot be read must not keep its run from being removed, so ids are not read first.
        IEnumerable<string> ids = ParameterSetName switch
        {
            ByAge => Store.FinishedBefore(DateTimeOffset.UtcNow - OlderThan).Select(r => r.Id),
            ByRun => Run.Select(r => r.Id),
            _ => Id.SelectMany(id => RunSelection.Expand(Store, id)),
        };
        foreach (var id in ids.ToList())
        {
            Cancellation.ThrowIfCancellationRequested();
            if (ShouldProcess(id, "Remove run and its files"))
                Remove(id);
        }
    }

    private void Remove(string id)
    {
        try
        {
            Store.Remove(id);
            WriteVerbose($"Removed run {id}.");
        }
        catch (MemToolsException e)
        {
            WriteFailure(e);
        }
    }
}
