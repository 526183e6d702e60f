using System.Management.Automation;
using MemTools.Allocators.Launch;

namespace MemTools.Commands;

/// <summary>Gets runs, also those of other sessions.</summary>
[Cmdlet(VerbsCommon.Get, "AllocatorRun")]
[OutputType(typeof(AllocatorRun))]
public sealed class GetAllocatorRunCommand : MemToolsCmdlet
{
    /// <summary>Ids; all runs when left out.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Only runs in these states.</summary>
    [Parameter]
    public RunState[] State { get; set; } = [];

    /// <summary>Only the newest ones.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var store = new RunStore();
        WriteVerbose($"Reading runs in {store.Root}.");
        var runs = RunSelection.Find(store, Id, WriteFailure).Where(r => State.Length == 0 || State.Contains(r.State));
        foreach (var run in Last > 0 ? runs.TakeLast(Last) : runs)
        {
            Cancellation.ThrowIfCancellationRequested();
            WriteObject(run);
        }
    }
}
