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
        foreach (var selected in Selected())
        {
            WriteVerbose($"Waiting for run {selected.Id} ({selected.FilePath}).");
            // Both limits count from the cmdlet's start, however many runs there are.
            var (rest, time) = (Left(For), Left(Timeout));
            var limit = rest is null || time < rest ? time : rest;
            var run = Await(token => Store.WaitAsync(selected.Id, limit, token));
            if (!run.IsFinished && Timeout is { } timeout && Left(timeout) == TimeSpan.Zero)
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
