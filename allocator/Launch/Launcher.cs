using MemTools.Allocators.Catalog;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.HeapCheck.Shim;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>Starts programs under allocators and leak engines.</summary>
public static class Launcher
{
    /// <summary>
    /// Checks the request, makes the run's folder and starts the program. The returned object watches it to its end; dispose of it only then, because disposing
    /// ends a program that still runs.
    /// </summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="target">Where; null for this machine.</param>
    /// <param name="observer">Sees what happens; null for nobody.</param>
    /// <param name="store">Where the run is kept; null for the user's store.</param>
    /// <param name="cancellation">Stops preparing; a program that was started is not ended by it.</param>
    /// <exception cref="MemToolsException">A preflight finding's id, ProgramNotFound, UnknownAllocatorOption, RunStoreNotWritable, LaunchFailed and others.</exception>
    public static async Task<RunningProgram> StartAsync(
        LaunchRequest request, ITarget? target = null, LaunchObserver? observer = null, RunStore? store = null,
        CancellationToken cancellation = default)
    {
        target ??= LocalTarget.Instance;
        LaunchPlan plan = await LaunchPlanner.PlanAsync(request, target, observer, cancellation);
        return await StartAsync(plan, observer, store, cancellation);
    }

    /// <summary>Starts a plan that was made before.</summary>
    public static async Task<RunningProgram> StartAsync(
        LaunchPlan plan, LaunchObserver? observer = null, RunStore? store = null, CancellationToken cancellation = default)
    {
        observer ??= new LaunchObserver();
        DateTimeOffset time = DateTimeOffset.UtcNow;
        RunFolder folder = (store ?? new RunStore()).Create(time);
        try
        {
            return await StartInAsync(plan, folder, time, observer, cancellation);
        }
        catch (Exception)
        {
            // Nothing ran: nothing is left behind.
            folder.Delete();
            throw;
        }
    }

    /// <summary>Starts and waits. Cancelling asks the program to end (SIGTERM, after five seconds SIGKILL) and then throws.</summary>
    public static async Task<AllocatorRun> RunAsync(
        LaunchRequest request, ITarget? target = null, LaunchObserver? observer = null, RunStore? store = null,
        CancellationToken cancellation = default)
    {
        await using RunningProgram program = await StartAsync(request, target, observer, store, cancellation);
        try
        {
            return await program.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            await program.StopAsync(Signals.Terminate, TimeSpan.FromSeconds(5), "the caller's cancellation");
            throw;
        }
    }

    private static async Task<RunningProgram> StartInAsync(
        LaunchPlan plan, RunFolder folder, DateTimeOffset time, LaunchObserver observer, CancellationToken cancellation)
    {
        LaunchRequest request = plan.Request;
        string dumpDirectory = await plan.Target.PrepareRunAsync(folder.RunPath, cancellation);
        var environment = new LaunchEnvironment(plan.Target.InheritedEnvironment, request.Environment);
        bool isWatched = plan.Engine is not null && plan.Target is not LocalTarget;
        string? shim = plan.Engine?.UsesShim == true || isWatched ? await ExitShim.PlaceAsync(plan.Target, dumpDirectory, cancellation) : null;
        EngineSetup setup = Compose(plan, environment, dumpDirectory, shim);
        // This machine's kernel tells which processes there are; elsewhere they tell it themselves.
        if (isWatched && shim is not null)
            environment.Add(new Dictionary<string, string> { ["MEMTOOLS_STARTED"] = StartMarks.MarkerPrefix(dumpDirectory) });
        ProcessStart start = Wrap(plan, setup, environment);

        bool capture = request.NoWait;
        StreamMode outputMode = capture ? StreamMode.Capture : request.StandardOutput;
        StreamMode errorMode = capture ? StreamMode.Capture : request.StandardError;
        var run = new AllocatorRun
        {
            Id = folder.Id,
            FilePath = plan.FilePath,
            ArgumentList = [.. request.Arguments.Select(System.Text.Encoding.UTF8.GetString)],
            Target = plan.Target.Name,
            Allocator = plan.Allocator?.Name ?? request.Allocator,
            AllocatorVersion = plan.Allocator?.Version,
            HeapCheck = request.HeapCheck,
            Engine = plan.Engine?.Name,
            Repeat = request.Repeat,
            State = RunState.Starting,
            StartTime = time,
            RunPath = folder.RunPath,
            StandardOutputPath = outputMode == StreamMode.Inherit ? null : folder.OutputPath,
            StandardErrorPath = errorMode == StreamMode.Inherit ? null : folder.ErrorPath,
            EnvironmentNames = environment.Names,
            SetEnvironment = new Dictionary<string, string>(environment.Set),
            VerdictReason = plan.Engine is null ? "No leak check was asked for." : "The program has not ended yet.",
            OverriddenFindings = Preflight.Overridden.Of(plan.Findings),
            Warnings = [.. plan.Warnings, .. environment.Warnings, .. setup.Warnings, .. plan.Target.Findings(start)],
        };
        foreach (string warning in run.Warnings)
            observer.Warning?.Invoke(warning);
        folder.Write(new WatchRecord { Watcher = ProcessIdentity.Self });
        folder.Write(run);
        observer.Verbose?.Invoke($"Run {run.Id}: starting {plan.FilePath} in {request.WorkingDirectory ?? "the current directory"}.");
        return await RunningProgram.StartAsync(plan, start, run, folder, outputMode, errorMode, observer, cancellation);
    }

    /// <summary>Engine, profiler and options into the environment; what the user asked for by name beats what the engine would set.</summary>
    private static EngineSetup Compose(LaunchPlan plan, LaunchEnvironment environment, string dumpDirectory, string? shim)
    {
        LaunchRequest request = plan.Request;
        EngineSetup setup = plan.Engine?.Prepare(new EngineRequest
        {
            Mode = request.HeapCheck, DumpDirectory = dumpDirectory, Launch = request, Tool = plan.Tool!, Environment = environment.All,
            Target = plan.Target, IsPreloaded = plan.Preload, ShimPath = shim,
        }) ?? new EngineSetup();
        environment.Add(setup.Environment);
        if (request.HeapProfile)
            environment.Add(HeapProfiling.Variables(plan.Allocator, request, dumpDirectory, environment.All));
        environment.Add(NamedOptions.Variables(request));
        if (request.AllocatorOptions.Count > 0)
            environment.Add(Options(plan, environment));
        List<string> preload = [.. setup.Preload];
        if (plan is { Preload: true, Allocator: { Path: { } library } allocator })
        {
            preload.AddRange(allocator.Dependencies);
            preload.Add(library);
        }
        if (shim is not null && plan.Target is not LocalTarget && !preload.Contains(shim))
            preload.Add(shim);
        environment.AddPreload(preload);
        return setup;
    }

    private static IReadOnlyDictionary<string, string> Options(LaunchPlan plan, LaunchEnvironment environment)
    {
        string name = plan.Allocator?.Name ?? "ptmalloc";
        CatalogEntry entry = AllocatorCatalog.Find(name) ?? throw new MemToolsException(
            "UnknownAllocatorOption", MemToolsErrorCategory.InvalidArgument,
            $"'{name}' is not in the catalogue, so that its options cannot be checked.", name, "Set its variables by the environment option instead.");
        return AllocatorOptions.ToEnvironment(entry, plan.Allocator?.Version, plan.Request.AllocatorOptions, environment.All);
    }

    private static ProcessStart Wrap(LaunchPlan plan, EngineSetup setup, LaunchEnvironment environment)
    {
        LaunchRequest request = plan.Request;
        var start = new ProcessStart
        {
            FilePath = plan.FilePath,
            Argument0 = plan.Argument0,
            Arguments = request.Arguments,
            Environment = environment.All,
            WorkingDirectory = request.WorkingDirectory,
            StandardInputPath = request.StandardInputPath ?? (request.NoWait ? "/dev/null" : null),
            Detached = request.NoWait,
            WatchChildren = plan.Engine?.WatchesChildren ?? false,
        };
        if (setup.Wrapper.Count == 0)
            return start;
        var arguments = new List<byte[]>();
        foreach (string part in setup.Wrapper.Skip(1).Append(plan.FilePath))
            arguments.Add(System.Text.Encoding.UTF8.GetBytes(part));
        return start with { FilePath = setup.Wrapper[0], Argument0 = null, Arguments = [.. arguments, .. request.Arguments] };
    }
}
