using MemTools.Allocators;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>Helper commands and programs in one running container, by exec.</summary>
internal sealed class ContainerShell(EngineClient client, string container, string? user, IReadOnlyDictionary<string, string> inherited, bool hasShell)
{
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(10);

    /// <summary>True when /bin/sh is there.</summary>
    public bool HasShell => hasShell;

    /// <summary>The container's id.</summary>
    public string Id => container;

    /// <summary>Runs a command to its end; on cancellation it is ended with its process group.</summary>
    public Task<CommandResult> RunAsync(string path, CommandRequest request, CancellationToken cancellation) => RunAsync(path, request, user, cancellation);

    /// <summary>The same as root, whoever the user is: to tidy up what an archive put.</summary>
    public Task<CommandResult> RunAsRootAsync(string path, CommandRequest request, CancellationToken cancellation) => RunAsync(path, request, "0", cancellation);

    private async Task<CommandResult> RunAsync(string path, CommandRequest request, string? account, CancellationToken cancellation)
    {
        var lines = new Lock();
        Action<string>? onLine = request.OnLine is null ? null : line =>
        {
            lock (lines)
                request.OnLine(line);
        };
        var output = new CapturedStream(request.CaptureLimit, onLine);
        var error = new CapturedStream(request.CaptureLimit, onLine);
        CreateExecRequest create = ExecCommand.Create(
            [path, .. request.Arguments], request.Environment ?? new Dictionary<string, string?>(), inherited, hasShell) with
        {
            User = account,
            WorkingDir = request.WorkingDirectory,
        };
        await using ExecSession session = await ExecSession.StartAsync(client, container, create, hasShell, output.Add, error.Add, null, cancellation);
        try
        {
            (int code, _) = await session.WaitAsync(cancellation);
            string text = output.Finish();
            ThrowWhenNotStarted(code, text, path);
            return new CommandResult(code, text, error.Finish());
        }
        catch (OperationCanceledException)
        {
            await KillAsync(session, account);
            throw;
        }
    }

    /// <summary>Starts the program under test.</summary>
    public async Task<ITargetProcess> StartAsync(ProcessStart start, string? workingDirectory, CancellationToken cancellation)
    {
        var environment = start.Environment.ToDictionary(e => e.Key, e => (string?)e.Value, StringComparer.Ordinal);
        foreach (string name in inherited.Keys)
            environment.TryAdd(name, null);
        CreateExecRequest create = ExecCommand.Create(
            [start.FilePath, .. start.Arguments.Select(Arguments.Decode)], environment, inherited, hasShell) with
        {
            User = user,
            WorkingDir = start.WorkingDirectory ?? workingDirectory,
        };
        string? input = start.StandardInputPath is null or "/dev/null" ? null : start.StandardInputPath;
        ExecSession session = await ExecSession.StartAsync(
            client, container, create, hasShell, start.OnOutput ?? Discard, start.OnError ?? Discard, input, cancellation);
        return new ExecProcess(client, container, session, user);
    }

    private static void Discard(ReadOnlyMemory<byte> bytes)
    {
    }

    /// <summary>The engine reports a command that runc could not start as output of the command.</summary>
    private static void ThrowWhenNotStarted(int code, string output, string path)
    {
        if (code is 126 or 127 && output.StartsWith("OCI runtime exec failed", StringComparison.Ordinal))
        {
            throw new MemToolsException(
                output.Contains("not found", StringComparison.Ordinal) || output.Contains("no such file", StringComparison.Ordinal) ? "CommandNotFound" : "CommandNotStarted",
                MemToolsErrorCategory.ObjectNotFound, $"The command '{path}' cannot be started in the container: {output.Trim()}", path,
                "Check that the image has it and that the user may run it.");
        }
    }

    private async Task KillAsync(ExecSession session, string? account)
    {
        try
        {
            // The session stays its opener's.
            await Task.Run(new ExecProcess(client, container, session, account).KillTree).WaitAsync(KillTime);
        }
        catch (Exception error) when (error is MemToolsException or TimeoutException)
        {
            // The caller cancels; a command that cannot be ended goes with its container.
        }
    }
}
