using System.Diagnostics;
using System.Management.Automation;
using MemTools.Reports;

namespace MemTools.Commands;

/// <summary>Draws the core's steps as a progress bar, ten times a second at most.</summary>
internal sealed class PipelineProgress(Cmdlet cmdlet, Action<Action> post) : IProgress<ProgressStep>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock gate = new();
    private long last = Stopwatch.GetTimestamp();
    private bool shown;

    /// <inheritdoc/>
    public void Report(ProgressStep value)
    {
        var done = value.Fraction >= 1;
        lock (gate)
        {
            if (done ? !shown : Stopwatch.GetElapsedTime(last) < Interval)
                return;
            last = Stopwatch.GetTimestamp();
            shown = !done;
        }
        post(() => cmdlet.WriteProgress(Record(value, done)));
    }

    private static ProgressRecord Record(ProgressStep step, bool done) =>
        new(1, step.Activity, string.IsNullOrEmpty(step.Detail) ? step.Activity : step.Detail)
        {
            PercentComplete = step.Fraction < 0 ? -1 : (int)Math.Min(100, step.Fraction * 100),
            RecordType = done ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };
}
