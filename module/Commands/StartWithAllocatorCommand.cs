using System.Collections;
using System.Management.Automation;
using System.Text;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Containers;
using MemTools.Containers.Targets;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Starts a program under an allocator, checks it for leaks, and proves that the check ran.</summary>
[Cmdlet(VerbsLifecycle.Start, "WithAllocator", DefaultParameterSetName = Waiting, SupportsShouldProcess = true)]
[OutputType(typeof(AllocatorRun))]
public sealed class StartWithAllocatorCommand : ProgramCmdlet
{
    private const string Waiting = "Wait";
    private const string NotWaiting = "NoWait";

    /// <summary>Reports only what grows with the number of repetitions.</summary>
    [Parameter(ParameterSetName = Waiting)]
    [ValidateRange(RepeatedLaunch.Fewest, int.MaxValue)]
    public int? Repeat { get; set; }

    /// <summary>Heap profiler on.</summary>
    [Parameter]
    public SwitchParameter HeapProfile { get; set; }

    /// <summary>Bytes allocated between two profiles.</summary>
    [Parameter]
    [ByteSizeTransformation]
    public long? HeapProfileInterval { get; set; }

    /// <summary>Options of the allocator.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(OptionCompleter))]
    public IDictionary? AllocatorOption { get; set; }

    /// <summary>A second pass with pointers at any alignment.</summary>
    [Parameter]
    public SwitchParameter TestPointerAlignment { get; set; }

    /// <summary>How far into an object a pointer may point, in bytes.</summary>
    [Parameter]
    [ByteSizeTransformation]
    public long? MaxPointerOffset { get; set; }

    /// <summary>Bytes of freed memory that the debug allocator keeps.</summary>
    [Parameter]
    [ByteSizeTransformation]
    public long? MaxFreeQueueSize { get; set; }

    /// <summary>Whether the debug allocator gives freed memory back.</summary>
    [Parameter]
    public bool? ReclaimMemory { get; set; }

    /// <summary>Variables for the program.</summary>
    [Parameter]
    public IDictionary? Environment { get; set; }

    /// <summary>The program's working directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>File for standard input.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RedirectStandardInput { get; set; }

    /// <summary>File for standard output.</summary>
    [Parameter(ParameterSetName = Waiting)]
    [ValidateNotNullOrEmpty]
    public string? RedirectStandardOutput { get; set; }

    /// <summary>File for standard error.</summary>
    [Parameter(ParameterSetName = Waiting)]
    [ValidateNotNullOrEmpty]
    public string? RedirectStandardError { get; set; }

    /// <summary>Shows nothing of what the program prints.</summary>
    [Parameter(ParameterSetName = Waiting)]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Gives the program the terminal itself.</summary>
    [Parameter(ParameterSetName = Waiting)]
    public SwitchParameter Interactive { get; set; }

    /// <summary>The program is ended after this.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Returns at once.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NotWaiting)]
    public SwitchParameter NoWait { get; set; }

    /// <summary>A running container.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Container { get; set; }

    /// <summary>An image, of which a container is made and removed afterwards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Image { get; set; }

    /// <summary>Volumes of the image's container.</summary>
    [Parameter]
    public string[] Volume { get; set; } = [];

    /// <summary>User in the container.</summary>
    [Parameter]
    public string? User { get; set; }

    /// <summary>Network of the image's container.</summary>
    [Parameter]
    public string? Network { get; set; }

    /// <summary>Memory limit of the image's container, in bytes.</summary>
    [Parameter]
    [ByteSizeTransformation]
    public long? Memory { get; set; }

    /// <summary>CPU limit of the image's container.</summary>
    [Parameter]
    public double? CpuCount { get; set; }

    /// <summary>Platform of the image.</summary>
    [Parameter]
    public string? Platform { get; set; }

    /// <summary>Replaces the image's entry point.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public string[]? Entrypoint { get; set; }

    /// <summary>When the image is pulled.</summary>
    [Parameter]
    public PullPolicy Pull { get; set; }

    /// <summary>Leaves the image's container for inspection.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    /// <summary>Accepts that no check can be made.</summary>
    [Parameter]
    public SwitchParameter AllowUnchecked { get; set; }

    /// <inheritdoc/>
    protected override bool FailuresTerminate => true;

    /// <inheritdoc/>
    protected override void Process()
    {
        var request = Request();
        if (!ShouldProcess($"{request.FilePath} {string.Join(' ', ArgumentList)}".TrimEnd(), $"Start under {Allocator ?? "the best allocator"}, leak check {HeapCheck}"))
            return;
        using var sinks = ProgramSinks.Open(this, Post, Quiet || NoWait,
            RedirectStandardOutput is null ? null : Paths.Unresolved(RedirectStandardOutput),
            RedirectStandardError is null ? null : Paths.Unresolved(RedirectStandardError));
        var run = Await(token => RunAsync(request, Observer(sinks), token));
        if (!NoWait)
        {
            SessionState.PSVariable.Set("global:LASTEXITCODE", run.ExitCode ?? 128 + (Signals.Parse(run.Signal ?? "") ?? 0));
            WriteVerbose($"Run {run.Id} ended after {run.Duration.TotalSeconds:0.###} s: {run.Verdict}. {run.VerdictReason}");
        }
        WriteObject(run);
        // In front of a pipe the next command (Get-LeakReport, Assert-NoLeak) says it.
        if (!NoWait && !AllowUnchecked && MyInvocation.PipelinePosition == MyInvocation.PipelineLength && Unchecked.Error(run) is { } failure)
            WriteFailure(failure);
    }

    private bool IsContained => Container is not null || Image is not null;

    private async Task<AllocatorRun> RunAsync(LaunchRequest request, LaunchObserver observer, CancellationToken token)
    {
        if (!IsContained)
            return await StartAsync(request, observer, token).ConfigureAwait(false);
        if (NoWait || (Container is not null && Image is not null))
        {
            throw new MemToolsException(
                "ContainerParameterConflict", MemToolsErrorCategory.InvalidArgument,
                NoWait ? "-NoWait is for programs on this machine." : "-Container and -Image exclude each other.", Container ?? Image, "Leave one out.");
        }
        var options = new ContainerOptions
        {
            Volumes = Volume, User = User, Network = Network, Memory = Memory, CpuCount = CpuCount, Platform = Platform, Entrypoint = Entrypoint,
            Pull = Pull, Keep = Keep, WorkingDirectory = WorkingDirectory,
        };
        await using var session = Container is { } container
            ? await ContainerSession.OpenContainerAsync(container, options, cancellation: token).ConfigureAwait(false)
            : await ContainerSession.OpenImageAsync(Image!, options, cancellation: token).ConfigureAwait(false);
        var fitted = await session.FitAsync(request, observer.Warning, token).ConfigureAwait(false);
        return await StartAsync(fitted, observer, token, session.Target).ConfigureAwait(false);
    }

    private Task<AllocatorRun> StartAsync(LaunchRequest request, LaunchObserver observer, CancellationToken token, ITarget? target = null)
    {
        Task<AllocatorRun> Start(LaunchRequest one) => ForegroundRun.StartAsync(one, observer, NoWait, token, target);
        return Repeat is { } times ? RepeatedLaunch.RunAsync(request, times, Start) : Start(request);
    }

    private LaunchRequest Request() => Program(isHere: !IsContained) with
    {
        HeapProfile = HeapProfile || HeapProfileInterval is not null,
        HeapProfileInterval = HeapProfileInterval,
        AllocatorOptions = Dictionaries.Texts(AllocatorOption).ToDictionary(o => o.Key, o => o.Value ?? "", StringComparer.Ordinal),
        TestPointerAlignment = TestPointerAlignment,
        MaxPointerOffset = MaxPointerOffset,
        MaxFreeQueueSize = MaxFreeQueueSize,
        ReclaimMemory = ReclaimMemory,
        Environment = Dictionaries.Texts(Environment),
        WorkingDirectory = IsContained ? WorkingDirectory : WorkingDirectory is null ? Paths.CurrentDirectory : Paths.Unresolved(WorkingDirectory),
        StandardInputPath = RedirectStandardInput is null ? null : Paths.Unresolved(RedirectStandardInput),
        StandardOutput = Interactive ? StreamMode.Inherit : StreamMode.Tee,
        NoWait = NoWait,
        Timeout = Timeout,
        AllowUnchecked = AllowUnchecked,
    };

    private LaunchObserver Observer(ProgramSinks sinks) => new()
    {
        StandardOutput = sinks.Output,
        StandardError = sinks.Error,
        Checker = lines => Verbose(Encoding.UTF8.GetString(lines.Span).TrimEnd('\n')),
        Warning = Warn,
        Verbose = Verbose,
        Started = run => Verbose($"Started process {run.ProcessId} as run {run.Id}."),
    };
}
