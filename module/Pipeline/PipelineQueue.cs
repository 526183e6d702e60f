using System.Management.Automation;
using System.Threading.Channels;

namespace MemTools.Commands;

/// <summary>
/// Carries actions from core threads to the pipeline thread, which alone may write to a cmdlet's streams. Bounded, so that a
/// slow reader slows the writer instead of filling memory.
/// </summary>
internal sealed class PipelineQueue(TimeSpan grace, CancellationToken stop) : IDisposable
{
    private readonly Channel<Action> actions = Channel.CreateBounded<Action>(
        new BoundedChannelOptions(1024) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource work = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>Runs work on another thread, and the actions it posts on this one, until the work ends.</summary>
    public T Run<T>(Func<CancellationToken, Task<T>> start)
    {
        var token = work.Token;
        var task = Task.Run(() => start(token), CancellationToken.None);
        task.ContinueWith(_ => actions.Writer.TryComplete(), TaskScheduler.Default);
        try
        {
            Pump();
        }
        catch (Exception)
        {
            // The pipeline is ending: the work is told, and given a moment (after a stop: it had one) to put its things in order.
            work.Cancel();
            actions.Writer.TryComplete();
            WaitQuietly(task, stop.IsCancellationRequested ? TimeSpan.Zero : grace);
            throw;
        }
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Queues an action; dropped when the pipeline no longer listens.</summary>
    public void Post(Action action)
    {
        while (!actions.Writer.TryWrite(action))
        {
            if (!actions.Writer.WaitToWriteAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
                return;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        actions.Writer.TryComplete();
        work.Dispose();
    }

    private void Pump()
    {
        using var deadline = new CancellationTokenSource();
        using var registration = stop.Register(() => deadline.CancelAfter(grace));
        try
        {
            while (actions.Reader.WaitToReadAsync(deadline.Token).AsTask().GetAwaiter().GetResult())
            {
                while (actions.Reader.TryRead(out var action))
                    action();
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private static void WaitQuietly(Task task, TimeSpan limit)
    {
        // The task's own failure no longer matters: the pipeline's is the one to tell.
        var ended = Task.WhenAny(task, Task.Delay(limit)).GetAwaiter().GetResult();
        if (ended != task)
            task.ContinueWith(static t => _ = t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        else
            _ = task.Exception;
    }
}
