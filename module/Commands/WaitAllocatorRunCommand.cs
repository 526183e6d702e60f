using System.Diagnostics;
using System.Management.Automation;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Waits until runs have ended, or for a given time.</summary>
[Cmdlet(VerbsLifecycle.Wait, "AllocatorRun", DefaultParameterSetName = ById)]
[OutputType(typeof(AllocatorRun))]
public sealed class WaitAllocatorRunCommand : AllocatorRunCmdlet
{
    private readonly long start = Stopwatch.GetTimestamp();

    /// <summary>A run that has not ended after this is an error.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>A run that has not ended after this is written as it is.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? For { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var failing = Timeout is not null && (For is null || Timeout <= For);
        foreach (var selected in Selected())
        {
            WriteVerbose($"Waiting for run {selected.Id} ({selected.FilePath}).");
            // The limit counts from the cmdlet's start, however many runs there are.
            var run = Await(token => Store.WaitAsync(selected.Id, Left(failing ? Timeout : For), token));
            // Which limit it was is not read from a clock again: the wait's and ours differ by milliseconds.
            if (!run.IsFinished && failing && Timeout is { } timeout)
            {
                WriteFailure(new MemToolsException("RunTimeout", MemToolsErrorCategory.OperationTimeout,
                    $"Run {run.Id} ({run.FilePath}, process {run.ProcessId}) has not ended within {timeout.TotalSeconds:0.###} s.", run.Id,
                    "Give it more time with -Timeout, or end it with Stop-AllocatorRun."));
                continue;
            }
            WriteObject(run);
        }
    }

    private TimeSpan? Left(TimeSpan? limit)
    {
        if (limit is not { } all)
            return null;
        var left = all - Stopwatch.GetElapsedTime(start);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
