using MemTools.Allocators.Launch.Native;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <content>Waiting for runs and stopping them, also those of other sessions.</content>
public sealed partial class RunStore
{
    private static readonly TimeSpan RecordInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the run is finished.</summary>
    /// <param name="id">As for <see cref="Get"/>.</param>
    /// <param name="limit">How long; null for ever.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The run; not finished when the limit passed first.</returns>
    public async Task<AllocatorRun> WaitAsync(string id, TimeSpan? limit = null, CancellationToken cancellation = default)
    {
        string found = Resolve(id);
        long deadline = limit is { } span ? Environment.TickCount64 + (long)span.TotalMilliseconds : long.MaxValue;
        while (true)
        {
            AllocatorRun run = Get(found);
            long left = deadline - Environment.TickCount64;
            if (run.IsFinished || left <= 0)
                return run;
            TimeSpan rest = TimeSpan.FromMilliseconds(Math.Min(left, 60_000));
            // While the program runs the kernel wakes us; between its end and the watcher's last record there are milliseconds.
            if (Folder(found).ReadWatch()?.Program is { } program && program.IsAlive() == true)
                await ProcessHandle.WaitAsync(program, rest, cancellation);
            else
                await Task.Delay(rest < RecordInterval ? rest : RecordInterval, cancellation);
        }
    }

    /// <summary>
    /// Sends a signal to the run's program, so that a server's exit handlers and with them its leak check run (a signal that it
    /// handles), and waits for the end.
    /// </summary>
    /// <param name="id">As for <see cref="Get"/>.</param>
    /// <param name="signal">Signal number.</param>
    /// <param name="killAfter">After this SIGKILL follows, to all that descends from the program; null for never.</param>
    /// <param name="cancellation">Ends the waiting, not the stopping.</param>
    /// <exception cref="MemToolsException">RunNotFound, RunNotRunning, RunNotStoppable.</exception>
    public async Task<AllocatorRun> StopAsync(
        string id, int signal = Signals.Terminate, TimeSpan? killAfter = null, CancellationToken cancellation = default)
    {
        string found = Resolve(id);
        AllocatorRun run = Get(found);
        RunFolder folder = Folder(found);
        ProcessIdentity? program = folder.ReadWatch()?.Program;
        if (run.IsFinished || program?.IsAlive() == false)
        {
            throw new MemToolsException(
                "RunNotRunning", MemToolsErrorCategory.InvalidOperation, $"Run {found} has ended.", found, "There is nothing to stop.");
        }
        if (program is null || program.IsAlive() is null)
        {
            throw new MemToolsException(
                "RunNotStoppable", MemToolsErrorCategory.InvalidOperation, $"The process of run {found} cannot be seen from here (target {run.Target}).", found,
                "Stop it where it was started.");
        }
        folder.Write(folder.ReadWatch()! with { StopSignal = Signals.Name(signal) });
        ProcessHandle.Signal(program, signal);
        AllocatorRun stopped = await WaitAsync(found, killAfter, cancellation);
        if (stopped.IsFinished || killAfter is null)
            return stopped;
        ProcessHandle.KillTree(program);
        return await WaitAsync(found, null, cancellation);
    }
}
