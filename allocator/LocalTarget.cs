using System.Runtime.InteropServices;
using System.Text;
using MemTools.Allocators.Launch.Native;
using MemTools.Reports.Errors;

namespace MemTools.Allocators;

/// <summary>This machine.</summary>
public sealed class LocalTarget : ITarget
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The one instance that is needed.</summary>
    public static LocalTarget Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public string Architecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        System.Runtime.InteropServices.Architecture.X86 => "i386",
        System.Runtime.InteropServices.Architecture.Arm or System.Runtime.InteropServices.Architecture.Armv6 => "arm",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loongarch64",
        var other => other.ToString(),
    };

    /// <inheritdoc/>
    public bool IsRoot { get; } = Libc.geteuid() == 0;

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public string? Fetch(string path, CancellationToken cancellation) => File.Exists(path) ? path : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        if (!Directory.Exists(directory))
            return [];
        try
        {
            var names = new List<string>();
            foreach (string entry in Directory.EnumerateFileSystemEntries(directory))
                names.Add(Path.GetFileName(entry));
            return names;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public string? FindProgram(string name)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? DefaultPath;
        foreach (string directory in path.Split(':'))
        {
            // An empty entry is the current directory (POSIX).
            string candidate = directory.Length == 0 ? Path.GetFullPath(name) : Path.Combine(directory, name);
            if (File.Exists(candidate) && IsExecutable(candidate))
                return candidate;
        }
        return null;
    }

    /// <summary>
    /// Runs a helper command with standard input empty. An ended-by-signal command has exit code 128 + signal. On cancellation it is ended with
    /// all that it started.
    /// </summary>
    /// <exception cref="MemToolsException">CommandNotFound, CommandNotStarted.</exception>
    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation)
    {
        string path = request.FileName.Contains('/', StringComparison.Ordinal)
            ? request.FileName
            : FindProgram(request.FileName) ?? throw new MemToolsException(
                "CommandNotFound", MemToolsErrorCategory.ObjectNotFound, $"The command '{request.FileName}' is not in PATH.",
                request.FileName, $"Install the package that holds '{request.FileName}', or add its folder to PATH.");
        var arguments = new List<byte[]>(request.Arguments.Count + 1) { Encoding.UTF8.GetBytes(request.FileName) };
        foreach (string argument in request.Arguments)
            arguments.Add(Encoding.UTF8.GetBytes(argument));
        var lines = new Lock();
        var output = new CapturedText(request.CaptureLimit, request.OnLine, lines);
        var error = new CapturedText(request.CaptureLimit, request.OnLine, lines);
        NativeProcess process;
        try
        {
            process = NativeProcess.Start(
                new NativeSpawnRequest
                {
                    Path = path,
                    Arguments = arguments,
                    Environment = EnvironmentBlock.Create(EnvironmentBlock.Merge(request.Environment)),
                    WorkingDirectory = request.WorkingDirectory,
                    InputPath = "/dev/null",
                    NewGroup = true,
                },
                output.Add, error.Add);
        }
        catch (SpawnException e)
        {
            throw new MemToolsException(
                e.Error == Libc.ENOENT ? "CommandNotFound" : "CommandNotStarted",
                e.Error == Libc.ENOENT ? MemToolsErrorCategory.ObjectNotFound : MemToolsErrorCategory.ResourceUnavailable,
                $"The command '{path}' cannot be started: {e.Message}.", path,
                "Check that the file exists, that it may be executed, and that its interpreter and the working directory exist.", e);
        }
        await using (process)
        {
            ProcessEnd end = await process.WaitAsync(cancellation);
            return new CommandResult(end.ExitCode ?? 128 + end.Signal!.Value, output.Finish(), error.Finish());
        }
    }

    /// <summary>Starts the program under test in a process group of its own, unless the caller has a terminal to share with it.</summary>
    /// <exception cref="MemToolsException">ProgramNotFound, ProgramNotExecutable, LaunchFailed.</exception>
    public Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var arguments = new List<byte[]>(start.Arguments.Count + 1) { Encoding.UTF8.GetBytes(start.Argument0 ?? start.FilePath) };
        arguments.AddRange(start.Arguments);
        try
        {
            return Task.FromResult<ITargetProcess>(NativeProcess.Start(
                new NativeSpawnRequest
                {
                    Path = start.FilePath,
                    Arguments = arguments,
                    Environment = EnvironmentBlock.Create(start.Environment),
                    WorkingDirectory = start.WorkingDirectory,
                    InputPath = start.StandardInputPath,
                    OutputPath = start.StandardOutputPath,
                    ErrorPath = start.StandardErrorPath,
                    NewSession = start.Detached,
                    NewGroup = !Terminal.IsControlling,
                    WatchChildren = start.WatchChildren,
                    Accurate = true,
                },
                start.OnOutput, start.OnError, start.OnEnded));
        }
        catch (SpawnException e)
        {
            throw SpawnErrors.ToMemToolsException(e, start);
        }
    }

    private static bool IsExecutable(string path) => Libc.access(path, Libc.X_OK) == 0;
}
