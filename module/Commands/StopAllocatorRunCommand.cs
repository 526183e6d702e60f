using System.Management.Automation;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>Sends a signal to the program of a run.</summary>
[Cmdlet(VerbsLifecycle.Stop, "AllocatorRun", DefaultParameterSetName = ById, SupportsShouldProcess = true)]
[OutputType(typeof(AllocatorRun))]
public sealed class StopAllocatorRunCommand : AllocatorRunCmdlet
{
    /// <summary>The signal's name or number.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SignalCompleter))]
    [ValidateNotNullOrEmpty]
    public string Signal { get; set; } = "SIGTERM";

    /// <summary>SIGKILL follows after this.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? KillAfter { get; set; }

    /// <summary>Does not wait for the program's end.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Writes the runs.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var number = Signals.Parse(Signal) ?? throw new MemToolsException("UnknownSignal", MemToolsErrorCategory.InvalidArgument,
            $"'{Signal}' is no signal.", Signal, "Name one as kill -l lists them, for example SIGTERM, INT or 10.");
        foreach (var run in Selected())
        {
            if (!ShouldProcess($"{run.FilePath} (run {run.Id}, process {run.ProcessId})", $"Send {Signals.Name(number)}"))
                continue;
            WriteVerbose($"Sending {Signals.Name(number)} to process {run.ProcessId} of run {run.Id}.");
            try
            {
                Report(NoWait ? Send(run, number) : Await(token => Store.StopAsync(run.Id, number, KillAfter, token)));
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }

    // Stopping sends the signal before it waits, and a cancelled token ends only the waiting.
    private AllocatorRun Send(AllocatorRun run, int number)
    {
        try
        {
            return Await(_ => Store.StopAsync(run.Id, number, null, new CancellationToken(canceled: true)));
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            return Store.Get(run.Id);
        }
    }

    private void Report(AllocatorRun run)
    {
        if (run.IsFinished && run.HeapCheck != HeapCheckMode.None && run.Verdict == Verdict.NotChecked)
            WriteWarning($"No leak check ran in run {run.Id}: {run.VerdictReason}");
        if (PassThru)
            WriteObject(run);
    }
}
