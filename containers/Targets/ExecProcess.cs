using System.Globalization;
using MemTools.Allocators;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>The program under test, run in a running container by exec.</summary>
internal sealed class ExecProcess(EngineClient client, string container, ExecSession session, string? user) : ITargetProcess
{
    /// <inheritdoc/>
    public int ProcessId => session.ProcessId;

    /// <inheritdoc/>
    public void Signal(int signal) => SendAsync(signal, session.ProcessId.ToString(CultureInfo.InvariantCulture)).GetAwaiter().GetResult();

    /// <summary>runc makes every command the leader of a session and group of its own.</summary>
    public void SignalGroup(int signal) => SendAsync(signal, "-" + session.ProcessId.ToString(CultureInfo.InvariantCulture)).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void KillTree() => SignalGroup(9);

    /// <inheritdoc/>
    public async Task<ProcessEnd> WaitAsync(CancellationToken cancellation)
    {
        DateTime started = DateTime.UtcNow;
        try
        {
            (int code, bool givenUp) = await session.WaitAsync(cancellation);
            ContainerDetails details = await client.InspectContainerAsync(container, cancellation);
            return ExitCodes.ToEnd(code) with
            {
                StreamsGivenUp = givenUp,
                Duration = DateTime.UtcNow - started,
                Problem = details.State.Running ? null : "The container stopped while the program ran in it.",
            };
        }
        catch (MemToolsException error) when (error.ErrorId is "ContainerEngineLost" or "ContainerEngineUnreachable" or "ContainerNotFound" or "ContainerNotRunning")
        {
            return new ProcessEnd { Problem = error.Message };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task SendAsync(int signal, string pid)
    {
        if (session.ProcessId > 0)
        {
            var request = new CreateExecRequest
            {
                Cmd = ["/bin/sh", "-c", "kill -\"$1\" \"$2\"", "sh", signal.ToString(CultureInfo.InvariantCulture), pid],
                User = user,
                Env = ["LD_PRELOAD="],
            };
            await using ExecSession kill = await ExecSession.StartAsync(client, container, request, false, _ => { }, _ => { }, null, CancellationToken.None);
            await kill.WaitAsync(CancellationToken.None);
            return;
        }

        ExecDetails details = await client.InspectExecAsync(session.Id, CancellationToken.None);
        if (details.Running && !HostProcess.TrySignal(client.Endpoint, container, details.Pid, signal))
        {
            throw new MemToolsException(
                "ContainerSignalImpossible", MemToolsErrorCategory.InvalidOperation,
                "The program cannot be signalled: the container has no shell, and the engine's processes are not this machine's.", container,
                "Stop the container, or run the program in a container of its own (-Image).");
        }
    }
}
