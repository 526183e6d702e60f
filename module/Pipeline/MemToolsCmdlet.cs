using System.Management.Automation;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>
/// What every cmdlet of the module shares: core work runs off the pipeline thread and can be stopped, whatever it writes is
/// written on the pipeline thread, and every failure becomes an error record with an id.
/// </summary>
public abstract class MemToolsCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource cancellation = new();
    private volatile PipelineQueue? queue;
    private PathResolver? paths;
    private int pipelineThread;

    /// <summary>Cancelled when the user presses Ctrl+C or the pipeline is stopped.</summary>
    protected CancellationToken Cancellation { get; private set; }

    /// <summary>Finds the files that <c>-Path</c> and <c>-LiteralPath</c> name.</summary>
    internal PathResolver Paths => paths ??= new PathResolver(this);

    /// <summary>How long stopped work is waited for before the pipeline is given back to the user.</summary>
    protected virtual TimeSpan StopGrace => TimeSpan.FromMilliseconds(400);

    /// <summary>True when a failure ends the statement; false when the next input object is still worth a try.</summary>
    protected virtual bool FailuresTerminate => false;

    /// <summary>Called once before the first input object.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Called for each input object, and once when there is no pipeline input.</summary>
    protected virtual void Process()
    {
    }

    /// <summary>Called once after the last input object.</summary>
    protected virtual void End()
    {
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        Cancellation = cancellation.Token;
        Guard(Begin);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(End);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => cancellation.Cancel();

    /// <summary>Runs core work and pumps what it posts until it ends; rethrows its exception.</summary>
    protected internal T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        using var own = new PipelineQueue(StopGrace, Cancellation);
        var outer = queue;
        queue = own;
        try
        {
            return own.Run(work);
        }
        finally
        {
            queue = outer;
        }
    }

    /// <inheritdoc cref="Await{T}(Func{CancellationToken, Task{T}})"/>
    protected void Await(Func<CancellationToken, Task> work) =>
        Await(async token =>
        {
            await work(token).ConfigureAwait(false);
            return true;
        });

    /// <summary>Runs core work that has no asynchronous form; rethrows its exception.</summary>
    protected internal T Await<T>(Func<CancellationToken, T> work) => Await(token => Task.FromResult(work(token)));

    /// <summary>Does something on the pipeline thread: at once there, else while <see cref="Await{T}(Func{CancellationToken, Task{T}})"/> waits.</summary>
    protected void Post(Action action)
    {
        if (Environment.CurrentManagedThreadId == pipelineThread)
            action();
        else
            queue?.Post(action);
    }

    /// <summary>Says a step in the verbose stream, from whatever thread.</summary>
    protected void Verbose(string message) => Post(() => WriteVerbose(message));

    /// <summary>Says what the user should know in the warning stream, from whatever thread.</summary>
    protected void Warn(string message) => Post(() => WriteWarning(message));

    /// <summary>A sink for the core's steps that draws a progress bar.</summary>
    protected internal IProgress<ProgressStep> Progress() => new PipelineProgress(this, Post);

    /// <summary>Writes an error and goes on with the next thing.</summary>
    protected internal void WriteFailure(Exception exception) => WriteError(ErrorRecords.From(exception));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            cancellation.Dispose();
    }

    private void Guard(Action step)
    {
        pipelineThread = Environment.CurrentManagedThreadId;
        try
        {
            step();
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        // PowerShell's own exceptions steer the pipeline (Select-Object -First, -ErrorAction Stop, a stop) and pass through.
        catch (Exception e) when (e is not (RuntimeException or FlowControlException))
        {
            var record = ErrorRecords.From(e);
            if (FailuresTerminate)
                ThrowTerminatingError(record);
            WriteError(record);
        }
    }
}
