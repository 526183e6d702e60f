using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MemTools.Allocators.Launch.Native;

/// <summary>A program started by <see cref="NativeSpawn"/>: one thread starts it and waits for it, one pumps each piped stream.</summary>
internal sealed class NativeProcess : ITargetProcess
{
    private const int WaitByPid = 1;
    private const int WaitExited = 4;
    private const int WaitNoReap = 0x01000000;
    private const int SigKill = 9;
    private const int SigStop = 19;

    private readonly Lock gate = new();
    private readonly ManualResetEventSlim started = new();
    private Exception? startFailure;
    private readonly TaskCompletionSource<ProcessEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TimeSpan StreamGrace = TimeSpan.FromSeconds(3);
    private readonly bool ownsGroup;
    private readonly bool watchesChildren;
    private readonly Action<int>? onZombie;
    private readonly StreamPump? output;
    private readonly StreamPump? error;
    private bool killGroupAtEnd;
    private List<ProcessIdentity> endWithProgram = [];
    private bool accurate;
    private bool reaped;

    private NativeProcess(NativeSpawnRequest request, StreamPump? output, StreamPump? error, Action<int>? onZombie)
    {
        ownsGroup = request.NewGroup || request.NewSession;
        watchesChildren = request.WatchChildren;
        this.output = output;
        this.error = error;
        this.onZombie = onZombie;
    }

    /// <inheritdoc/>
    public int ProcessId { get; private set; }

    /// <inheritdoc/>
    public bool SharesTerminal => !ownsGroup && Terminal.IsForeground;

    /// <summary>Starts it, which takes the caller a millisecond; throws <see cref="SpawnException"/>.</summary>
    public static NativeProcess Start(
        NativeSpawnRequest request, Action<ReadOnlyMemory<byte>>? onOutput, Action<ReadOnlyMemory<byte>>? onError,
        Action<int>? onZombie = null)
    {
        PrepareChildSignal();
        StreamPump? output = onOutput is null ? null : new StreamPump(onOutput);
        StreamPump? error = null;
        try
        {
            error = onError is null ? null : new StreamPump(onError);
            var process = new NativeProcess(request, output, error, onZombie);
            NativeSpawnRequest complete = request with
            {
                OutputDescriptor = output?.WriteEnd ?? request.OutputDescriptor,
                ErrorDescriptor = error?.WriteEnd ?? request.ErrorDescriptor,
            };
            new Thread(() => process.Watch(complete), 256 * 1024) { IsBackground = true, Name = "memtools wait" }.Start();
            process.started.Wait();
            if (process.startFailure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
            output?.Start("memtools stdout");
            error?.Start("memtools stderr");
            return process;
        }
        catch (Exception)
        {
            output?.Dispose();
            error?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Signal(int signal) => Send(signal, group: false);

    /// <inheritdoc/>
    public void SignalGroup(int signal) => Send(signal, group: true);

    /// <inheritdoc/>
    public void KillTree()
    {
        lock (gate)
        {
            if (reaped)
                return;
            killGroupAtEnd = true;
            // Stopped, it can neither go on when its children end nor start others.
            _ = Libc.kill(ProcessId, SigStop);
            ProcessTree.KillDescendants(ProcessId);
            if (ownsGroup)
                _ = Libc.kill(-ProcessId, SigKill);
            _ = Libc.kill(ProcessId, SigKill);
        }
    }

    /// <inheritdoc/>
    public Task<ProcessEnd> WaitAsync(CancellationToken cancellation) => ended.Task.WaitAsync(cancellation);

    /// <summary>Detaches from the streams; a program that still runs is ended with all it started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!ended.Task.IsCompleted)
        {
            KillTree();
            await ((Task)ended.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        foreach (StreamPump? pump in (StreamPump?[])[output, error])
        {
            if (pump is null)
                continue;
            pump.Stop();
            await pump.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pump.Dispose();
        }
    }

    /// <inheritdoc/>
    public void EndGroupWithProgram()
    {
        lock (gate)
        {
            killGroupAtEnd = true;
            // In a group that is not its own, what it leaves behind is found by name; and so is what left the group.
            if (!reaped)
                endWithProgram = [.. ProcessTree.Descendants(ProcessId).Select(ProcessIdentity.Of).OfType<ProcessIdentity>()];
        }
    }

    private void Send(int signal, bool group)
    {
        lock (gate)
        {
            if (!reaped)
                _ = Libc.kill(group && ownsGroup ? -ProcessId : ProcessId, signal);
        }
    }

    private void Watch(NativeSpawnRequest request)
    {
        using ChildWatcher? children = watchesChildren ? new ChildWatcher() : null;
        long start = Stopwatch.GetTimestamp();
        try
        {
            ProcessId = request.Accurate ? Starter.Start(request, out accurate) : NativeSpawn.Start(request);
        }
        catch (Exception e) when (e is SpawnException or ArgumentException)
        {
            startFailure = e;
            started.Set();
            return;
        }
        children?.Start(ProcessId);
        started.Set();
        try
        {
            ProcessEnd end = Wait(start, children);
            ended.SetResult(end with { StreamsGivenUp = !EndStreams() });
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            ended.SetException(e);
        }
    }

    /// <summary>
    /// Waits without reaping, looks at the zombie, then reaps: as long as it is not reaped its id cannot become another
    /// process's, so that no signal ever goes astray.
    /// </summary>
    private unsafe ProcessEnd Wait(long start, ChildWatcher? children)
    {
        byte* info = stackalloc byte[128];
        while (Libc.waitid(WaitByPid, ProcessId, info, WaitExited | WaitNoReap) != 0)
        {
            if (Marshal.GetLastPInvokeError() == Libc.EINTR)
                continue;
            break;
        }
        TimeSpan duration = Stopwatch.GetElapsedTime(start);
        ChildProcesses? seen = children?.Finish(ProcessId);
        onZombie?.Invoke(ProcessId);
        int status = 0;
        Libc.ResourceUsage usage = default;
        lock (gate)
        {
            // Nobody else can have this group's number while the zombie is there.
            if (killGroupAtEnd && ownsGroup)
                _ = Libc.kill(-ProcessId, SigKill);
            int result;
            while ((result = Libc.wait4(ProcessId, &status, 0, &usage)) < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR)
                continue;
            reaped = true;
            foreach (ProcessIdentity left in endWithProgram)
                ProcessHandle.TryKill(left);
            if (result < 0)
                throw new IOException("wait4: " + Marshal.GetLastPInvokeErrorMessage());
        }
        return ToEnd(status, usage, accurate) with { Duration = duration, Children = seen };
    }

    /// <summary>Waits for the ends of the streams; false when they were given up because somebody still holds one.</summary>
    private bool EndStreams()
    {
        Task[] streams = [output?.Completion ?? Task.CompletedTask, error?.Completion ?? Task.CompletedTask];
        try
        {
            if (Task.WaitAll(streams, StreamGrace))
                return true;
            output?.Stop();
            error?.Stop();
            Task.WaitAll(streams);
            return false;
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    private static ProcessEnd ToEnd(int status, in Libc.ResourceUsage usage, bool accurate)
    {
        int signal = status & 0x7f;
        return new ProcessEnd
        {
            ExitCode = signal == 0 ? (status >> 8) & 0xff : null,
            Signal = signal == 0 ? null : signal,
            CoreDumped = (status & 0x80) != 0,
            UserTime = Time(usage.UserSeconds, usage.UserMicroseconds),
            SystemTime = Time(usage.SystemSeconds, usage.SystemMicroseconds),
            PeakResidentBytes = accurate || usage.MaximumResident * 1024 > ProcessStat.OwnPeakResident() ? usage.MaximumResident * 1024 : 0,
            MinorFaults = usage.MinorFaults,
            MajorFaults = usage.MajorFaults,
            VoluntaryContextSwitches = usage.VoluntarySwitches,
            InvoluntaryContextSwitches = usage.InvoluntarySwitches,
        };

        static TimeSpan Time(long seconds, long microseconds) =>
            new(seconds * TimeSpan.TicksPerSecond + microseconds * TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>With SIGCHLD ignored (inherited from some parents) the kernel would reap the child and its figures would be lost.</summary>
    private static unsafe void PrepareChildSignal()
    {
        const int sigChild = 17;
        byte* action = stackalloc byte[256];
        new Span<byte>(action, 256).Clear();
        if (Libc.sigaction(sigChild, null, action) == 0 && *(nint*)action == 1)
        {
            new Span<byte>(action, 256).Clear();
            _ = Libc.sigaction(sigChild, action, null);
        }
    }
}
