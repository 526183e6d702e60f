using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;

namespace MemTools.Allocators.Launch;

/// <summary>A started program and its run. It is watched in the background to its end, whoever waits.</summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan KillAfterTimeout = TimeSpan.FromSeconds(5);

    private readonly LaunchPlan plan;
    private readonly RunFolder folder;
    private readonly LaunchObserver observer;
    private readonly ITargetProcess process;
    private readonly StreamRecorder? output;
    private readonly StreamRecorder? error;
    private readonly TaskCompletionSource<AllocatorRun> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> warnings;
    private readonly Lock gate = new();
    private AllocatorRun run;
    private string? endedBy;
    private int interrupts;

    private RunningProgram(
        LaunchPlan plan, AllocatorRun run, RunFolder folder, LaunchObserver observer, ITargetProcess process, StreamRecorder? output,
        StreamRecorder? error)
    {
        this.plan = plan;
        this.run = run;
        warnings = [.. run.Warnings];
        this.folder = folder;
        this.observer = observer;
        this.process = process;
        this.output = output;
        this.error = error;
        Completion = completion.Task;
        // Whoever has the started program finds its record on disk; all else is done in the background.
        RecordStart();
        new Thread(Watch) { IsBackground = true, Name = "memtools watch" }.Start();
    }

    /// <summary>The run as it stands.</summary>
    public AllocatorRun Run
    {
        get
        {
            lock (gate)
                return run;
        }
    }

    /// <summary>The finished run, with its verdict.</summary>
    public Task<AllocatorRun> Completion { get; }

    /// <summary>Waits for the end; cancelling ends the waiting, not the program.</summary>
    public Task<AllocatorRun> WaitAsync(CancellationToken cancellation = default) => Completion.WaitAsync(cancellation);

    /// <summary>
    /// Passes a signal on. The first goes to the program and its process group, so that it can end in order and its leak check runs (a Ctrl+C
    /// that the terminal has already delivered is not sent again); the second ends it and all that descends from it (SIGKILL). SIGQUIT is passed on each time and ends
    /// only what it ends.
    /// </summary>
    /// <param name="signal">Signal number, for example <see cref="Signals.Interrupt"/>.</param>
    public void Interrupt(int signal = Signals.Interrupt)
    {
        // A question as often as a request to end (a Java machine prints its threads): passed on, and not counted.
        if (signal == Signals.Quit)
        {
            Forward(signal);
            return;
        }
        int count;
        lock (gate)
        {
            count = ++interrupts;
            endedBy ??= Signals.Name(signal);
        }
        if (count > 1)
        {
            Kill();
            return;
        }
        process.EndGroupWithProgram();
        Forward(signal);
    }

    /// <summary>Ends the program and all that descends from it.</summary>
    public void Kill()
    {
        lock (gate)
            endedBy ??= "SIGKILL";
        process.KillTree();
    }

    /// <summary>Sends a signal and waits; after <paramref name="killAfter"/> ends the program by force.</summary>
    /// <param name="signal">Signal number.</param>
    /// <param name="killAfter">How long to wait for an end in order.</param>
    /// <param name="reason">Who asked, for the verdict's reason; null for the signal's name.</param>
    public async Task<AllocatorRun> StopAsync(int signal, TimeSpan killAfter, string? reason = null)
    {
        lock (gate)
            endedBy ??= reason ?? Signals.Name(signal);
        process.EndGroupWithProgram();
        process.SignalGroup(signal);
        try
        {
            return await Completion.WaitAsync(killAfter);
        }
        catch (TimeoutException)
        {
            process.KillTree();
            return await Completion;
        }
    }

    /// <summary>Ends a program that still runs, waits for its record to be written, and frees what is held.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Completion.IsCompleted)
            Kill();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal static async Task<RunningProgram> StartAsync(
        LaunchPlan plan, ProcessStart start, AllocatorRun run, RunFolder folder, StreamMode outputMode, StreamMode errorMode,
        LaunchObserver observer, CancellationToken cancellation)
    {
        bool direct = plan.Target is LocalTarget;
        StreamRecorder? output = null;
        StreamRecorder? error = null;
        try
        {
            if (Needs(outputMode, direct))
                output = new StreamRecorder(folder.OutputPath, outputMode == StreamMode.Tee ? observer.StandardOutput : null, endsWithReader: direct);
            if (Needs(errorMode, direct))
            {
                bool tee = errorMode == StreamMode.Tee;
                error = new StreamRecorder(
                    folder.ErrorPath, tee ? observer.StandardError : null,
                    sink => plan.Engine?.CreateClassifier(sink, tee ? observer.Checker : null), direct);
            }
            ITargetProcess process = await plan.Target.StartAsync(
                start with
                {
                    OnOutput = output is null ? null : output.Take,
                    OnError = error is null ? null : error.Take,
                    StandardOutputPath = outputMode == StreamMode.Capture && direct ? folder.OutputPath : null,
                    StandardErrorPath = errorMode == StreamMode.Capture && direct ? folder.ErrorPath : null,
                },
                cancellation);
            run = run with { State = RunState.Running, ProcessId = process.ProcessId };
            var program = new RunningProgram(plan, run, folder, observer, process, output, error);
            observer.Started?.Invoke(run);
            return program;
        }
        catch (Exception)
        {
            output?.Dispose();
            error?.Dispose();
            throw;
        }
    }

    private static bool Needs(StreamMode mode, bool direct) => mode == StreamMode.Tee || mode == StreamMode.Capture && !direct;

    private void RecordStart() => Record(() =>
    {
        if (plan.Target is LocalTarget)
            folder.Write(new WatchRecord { Watcher = ProcessIdentity.Self, Program = ProcessIdentity.Of(process.ProcessId) });
        folder.Write(run);
    });

    /// <summary>On a thread of its own: the thread pool and awaiting would take a third of the time of a short run to get going.</summary>
    private void Watch()
    {
        try
        {
            completion.SetResult(WatchToEnd());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            completion.SetException(e);
        }
    }

    private AllocatorRun WatchToEnd()
    {
        ProcessEnd end;
        try
        {
            using Timer? timeout = plan.Request.Timeout is { } limit ? new Timer(_ => OnTimeout(), null, limit, Timeout.InfiniteTimeSpan) : null;
            end = process.WaitAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        finally
        {
            process.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        try
        {
            plan.Target.CollectRunAsync(folder.RunPath, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (MemToolsException e)
        {
            Warn(e.Message);
        }
        object? words = Finish(end);
        AllocatorRun finished = Conclude(end, words);
        Record(() => folder.Write(finished));
        finished = finished with { Warnings = [.. warnings] };
        lock (gate)
            run = finished;
        return finished;
    }

    private AllocatorRun Conclude(ProcessEnd end, object? words)
    {
        AllocatorRun ended = run with
        {
            // An engine that went away, or a container removed by others: how it ended is not known.
            State = end.ExitCode is null && end.Signal is null ? RunState.Lost : RunState.Exited,
            Duration = end.Duration ?? DateTimeOffset.UtcNow - run.StartTime,
            UserTime = end.UserTime,
            SystemTime = end.SystemTime,
            PeakResidentBytes = end.PeakResidentBytes,
            MinorFaults = end.MinorFaults,
            MajorFaults = end.MajorFaults,
            VoluntaryContextSwitches = end.VoluntaryContextSwitches,
            InvoluntaryContextSwitches = end.InvoluntaryContextSwitches,
            ExitCode = end.ExitCode,
            Signal = end.Signal is { } signal ? Signals.Name(signal) : null,
            CoreDumped = end.CoreDumped,
            Children = end.Children?.Processes ?? [],
            ReplacedImages = end.Children?.ReplacedImages ?? 0,
        };
        string? by;
        lock (gate)
            by = endedBy;
        by ??= folder.TryReadStopSignal() is { } sent ? $"{sent} (stopped on request)" : null;
        ended = RunConclusion.Conclude(ended with { EndedBy = by }, plan.Engine, folder, words, end.Children, warnings);
        if (end.Problem is { } problem)
        {
            Warn(problem);
            if (ended.Verdict == Verdict.NotChecked)
                ended = ended with { VerdictReason = $"{problem} {ended.VerdictReason}" };
        }
        return ended with { Warnings = [.. warnings] };
    }

    /// <summary>Ends the recorders; returns the engine's words.</summary>
    private object? Finish(ProcessEnd end)
    {
        if (end.StreamsGivenUp)
            Warn("A process that the program left behind kept its output open; what that process writes from now on is not kept.");
        _ = output?.Complete();
        TakeLateErrors();
        object? words = error?.Complete();
        foreach (StreamRecorder? recorder in (StreamRecorder?[])[output, error])
        {
            if (recorder is null)
                continue;
            recorder.Dispose();
            foreach (string warning in recorder.Warnings)
                Warn(warning);
        }
        return words;
    }

    /// <summary>Adds to standard error what came after the program had closed it.</summary>
    private void TakeLateErrors()
    {
        foreach (string path in plan.Engine is null ? [] : ExitShim.LateErrors(folder.RunPath))
        {
            try
            {
                byte[] text = File.ReadAllBytes(path);
                if (error is not null)
                    error.Take(text);
                else if (File.Exists(folder.ErrorPath))
                    File.AppendAllBytes(folder.ErrorPath, text);
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ReaderGoneException)
            {
                Warn($"What came after the program closed its standard error cannot be read: {e.Message}");
            }
        }
    }

    private void Forward(int signal)
    {
        if (signal is not (Signals.Interrupt or Signals.Quit) || !process.SharesTerminal)
            process.SignalGroup(signal);
    }

    private void OnTimeout()
    {
        observer.Warning?.Invoke($"The time limit of {plan.Request.Timeout} has passed; the program is asked to end.");
        _ = StopAsync(Signals.Terminate, KillAfterTimeout, AllocatorRun.TimeLimit);
    }

    /// <summary>A record that cannot be written (disk full, folder removed) must not take the result with it.</summary>
    private void Record(Action write)
    {
        try
        {
            write();
        }
        catch (MemToolsException e)
        {
            Warn(e.Message);
        }
    }

    private void Warn(string text)
    {
        warnings.Add(text);
        observer.Warning?.Invoke(text);
    }
}
