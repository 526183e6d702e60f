using MemTools.Reports;

namespace MemTools.Allocators;

/// <summary>
/// Where programs are launched and packages installed: this machine, a container, an image. Package managers, allocators and
/// engines are written once, against it. Paths are the target's.
/// </summary>
public interface ITarget : IFileSource
{
    /// <summary><c>local</c>, <c>container:NAME</c>, <c>image:NAME</c>.</summary>
    string Name { get; }

    /// <summary>The machine architecture as ELF and uname name it: x86_64, aarch64.</summary>
    string Architecture { get; }

    /// <summary>True when commands run as root there.</summary>
    bool IsRoot { get; }

    /// <summary>Runs a helper command to its end and captures what it prints.</summary>
    Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation);

    /// <summary>Starts the program under test; its streams go to files of the run folder and to the callbacks.</summary>
    Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation);

    /// <summary>Names (not paths) in a directory; empty when there is none.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Finds a program by name in the target's PATH; null when it is not there.</summary>
    string? FindProgram(string name);

    /// <summary>The environment that programs get there when nothing is added: this process's, the container's, the image's.</summary>
    IReadOnlyDictionary<string, string> InheritedEnvironment => LocalEnvironment.Read();

    /// <summary>
    /// Makes the directory for what the engine writes (reports, logs, profiles): a path on the target, writable by the program. On this
    /// machine it is the run folder itself.
    /// </summary>
    /// <param name="runPath">The run folder on this machine.</param>
    /// <param name="cancellation">Stops the call.</param>
    Task<string> PrepareRunAsync(string runPath, CancellationToken cancellation) => Task.FromResult(runPath);

    /// <summary>
    /// Puts a library of MemTools' own where the program can load it, in the run's directory or, where that is mounted noexec, beside it; it goes with the run.
    /// </summary>
    /// <param name="directory">What <see cref="PrepareRunAsync"/> returned.</param>
    /// <param name="name">File name.</param>
    /// <param name="content">The library.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <returns>Its path on the target; null when there is no such place.</returns>
    Task<string?> PlaceLibraryAsync(string directory, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        string path = $"{directory}/{name}";
        using FileStream file = Launch.PrivateFiles.OpenAppend(path);
        file.Write(content.Span);
        return Task.FromResult<string?>(path);
    }

    /// <summary>An allocator that MemTools itself brought or brings to the target, by catalogue name or path; null when there is none.</summary>
    Allocator? FindProvided(string nameOrPath) => null;

    /// <summary>What the user should know about a start there, for example who else is run under the allocator; asked before the start.</summary>
    IReadOnlyList<string> Findings(ProcessStart start) => [];

    /// <summary>Folder on this machine where facts about the target's files may be remembered; null where files have no lasting identity.</summary>
    string? FactsPath => null;

    /// <summary>Brings what the engine wrote into the run folder; to be called when the program has ended, before reports are looked for.</summary>
    Task CollectRunAsync(string runPath, CancellationToken cancellation) => Task.CompletedTask;
}

/// <summary>This process's environment.</summary>
public static class LocalEnvironment
{
    /// <summary>A copy, names as the system has them.</summary>
    public static IReadOnlyDictionary<string, string> Read()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }
}

/// <summary>A helper command.</summary>
/// <param name="FileName">Program, looked up in the target's PATH when it has no slash.</param>
/// <param name="Arguments">Arguments, never joined or quoted.</param>
/// <param name="Environment">Variables to set (null value: to remove) on top of the target's; null for none.</param>
/// <param name="WorkingDirectory">Null for the target's default.</param>
/// <param name="OnLine">Called for each output line while it runs; null for none.</param>
/// <param name="CaptureLimit">How many bytes of each stream are kept.</param>
public sealed record CommandRequest(
    string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?>? Environment = null,
    string? WorkingDirectory = null, Action<string>? OnLine = null, int CaptureLimit = 16 * 1024 * 1024);

/// <summary>What a helper command did.</summary>
public sealed record CommandResult(int ExitCode, string StandardOutput, string StandardError);

/// <summary>The program under test, ready to start.</summary>
public sealed record ProcessStart
{
    /// <summary>Program path on the target.</summary>
    public required string FilePath { get; init; }

    /// <summary>argv[0]; null for <see cref="FilePath"/>.</summary>
    public string? Argument0 { get; init; }

    /// <summary>argv[1..] as raw bytes, so that no encoding changes them.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>Full environment of the process.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Null for the target's default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Receives standard output as it comes, or null to inherit.</summary>
    public Action<ReadOnlyMemory<byte>>? OnOutput { get; init; }

    /// <summary>Receives standard error as it comes, or null to inherit.</summary>
    public Action<ReadOnlyMemory<byte>>? OnError { get; init; }

    /// <summary>File of this machine that gets standard output without a detour when <see cref="OnOutput"/> is null; only set for the local target.</summary>
    public string? StandardOutputPath { get; init; }

    /// <summary>File of this machine that gets standard error without a detour when <see cref="OnError"/> is null; only set for the local target.</summary>
    public string? StandardErrorPath { get; init; }

    /// <summary>File to read standard input from; null to inherit.</summary>
    public string? StandardInputPath { get; init; }

    /// <summary>True to give the program a session of its own, so that it outlives the caller and its terminal.</summary>
    public bool Detached { get; init; }

    /// <summary>True to see which processes it starts; <see cref="ProcessEnd.Children"/> then tells.</summary>
    public bool WatchChildren { get; init; }

    /// <summary>
    /// Called with the process id when the program has ended and its /proc entry can still be read (it is a zombie); null for
    /// none. Targets that cannot see the moment do not call it.
    /// </summary>
    public Action<int>? OnEnded { get; init; }
}

/// <summary>A started program.</summary>
public interface ITargetProcess : IAsyncDisposable
{
    /// <summary>Process id on the target.</summary>
    int ProcessId { get; }

    /// <summary>Sends a signal by number.</summary>
    void Signal(int signal);

    /// <summary>Sends a signal to the program and what runs in its process group; to the program alone where there is no such thing.</summary>
    void SignalGroup(int signal) => Signal(signal);

    /// <summary>Ends the program (SIGKILL) and, where the target can find them, all processes that descend from it.</summary>
    void KillTree() => Signal(9);

    /// <summary>From now on the end of the program takes with it what is left of its process group and of what descended from it until now.</summary>
    void EndGroupWithProgram()
    {
    }

    /// <summary>True when a Ctrl+C at the caller's terminal reaches the program without being passed on.</summary>
    bool SharesTerminal => false;

    /// <summary>
    /// Waits for the end of the program and its streams, and returns the accounting. When somebody else still holds a stream open some
    /// seconds after the program's end, the stream is given up and <see cref="ProcessEnd.StreamsGivenUp"/> says so.
    /// </summary>
    Task<ProcessEnd> WaitAsync(CancellationToken cancellation);
}

/// <summary>How a program ended. Resource figures are zero where the target cannot tell.</summary>
public sealed record ProcessEnd
{
    /// <summary>Exit code; null when ended by a signal.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal number; null when it exited.</summary>
    public int? Signal { get; init; }

    /// <summary>True when a core was dumped.</summary>
    public bool CoreDumped { get; init; }

    /// <summary>From start to end of the program; null where the target cannot tell.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>True when a process that outlived the program kept its output open and reading was given up.</summary>
    public bool StreamsGivenUp { get; init; }

    /// <summary>Processes that descend from the program; null when they were not watched or could not be.</summary>
    public Launch.ChildProcesses? Children { get; init; }

    public TimeSpan UserTime { get; init; }

    public TimeSpan SystemTime { get; init; }

    public long PeakResidentBytes { get; init; }

    public long MinorFaults { get; init; }

    public long MajorFaults { get; init; }

    public long VoluntaryContextSwitches { get; init; }

    public long InvoluntaryContextSwitches { get; init; }

    /// <summary>A sentence when how the program ended is not known or was not its own doing (engine lost, container removed, out of memory); null otherwise.</summary>
    public string? Problem { get; init; }
}
