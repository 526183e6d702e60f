using System.Net.Sockets;
using MemTools.Allocators;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>One command in a running container, from its start to its exit code.</summary>
internal sealed class ExecSession : IAsyncDisposable
{
    private static readonly TimeSpan ExitCodeWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StreamGrace = TimeSpan.FromSeconds(3);

    private readonly EngineClient client;
    private readonly HijackedStream stream;
    private readonly PidLineFilter? filter;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;

    private ExecSession(
        EngineClient client, string id, HijackedStream stream, bool hasShell, Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> error, string? inputPath)
    {
        this.client = client;
        Id = id;
        this.stream = stream;
        filter = hasShell ? new PidLineFilter(error) : null;
        Action<ReadOnlyMemory<byte>> errors = filter is null ? error : filter.Add;
        pump = Task.Run(() => PumpAsync(output, errors));
        Input = inputPath is null ? Task.CompletedTask : Task.Run(() => FeedAsync(inputPath));
    }

    /// <summary>The exec's id.</summary>
    public string Id { get; }

    /// <summary>Process id in the container; 0 when it is not known (no shell there).</summary>
    public int ProcessId { get; private set; }

    /// <summary>Standard input on its way.</summary>
    public Task Input { get; }

    public static async Task<ExecSession> StartAsync(
        EngineClient client, string container, CreateExecRequest request, bool hasShell, Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> error,
        string? inputPath, CancellationToken cancellation)
    {
        string id = await client.CreateExecAsync(container, request with { AttachStdin = inputPath is not null }, cancellation);
        HijackedStream stream = await client.StartExecAsync(id, isTty: false, cancellation);
        var session = new ExecSession(client, id, stream, hasShell, output, error, inputPath);
        if (session.filter is not null)
            session.ProcessId = await session.filter.PidAsync(StreamGrace, cancellation);
        return session;
    }

    /// <summary>Waits for the end of the command and its streams.</summary>
    /// <returns>Exit code as the engine says it (128 + signal for a signal), and whether a stream was given up because a child still holds it.</returns>
    /// <exception cref="MemToolsException">ContainerEngineLost, ContainerNotFound, ContainerNotRunning.</exception>
    public async Task<(int ExitCode, bool GivenUp)> WaitAsync(CancellationToken cancellation)
    {
        var poll = TimeSpan.FromMilliseconds(500);
        while (await Task.WhenAny(pump, Task.Delay(poll, cancellation)) != pump)
        {
            cancellation.ThrowIfCancellationRequested();
            ExecDetails now = await client.InspectExecAsync(Id, cancellation);
            if (!now.Running && now.ExitCode is { } early)
            {
                if (await Task.WhenAny(pump, Task.Delay(StreamGrace, cancellation)) == pump)
                    break;
                await stop.CancelAsync();
                return (early, true);
            }

            if (poll < TimeSpan.FromSeconds(4))
                poll *= 2;
        }

        await pump;
        return (await ExitCodeAsync(cancellation), false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await stream.DisposeAsync();
        await ((Task)pump).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Input.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    /// <summary>The exit code comes a moment after the stream's end.</summary>
    private async Task<int> ExitCodeAsync(CancellationToken cancellation)
    {
        DateTime end = DateTime.UtcNow + ExitCodeWait;
        var pause = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            ExecDetails details = await client.InspectExecAsync(Id, cancellation);
            if (!details.Running && details.ExitCode is { } code)
                return code;
            if (DateTime.UtcNow > end)
            {
                throw new MemToolsException(
                    "ContainerEngineLost", MemToolsErrorCategory.ConnectionError, "The engine closed a command's stream but never said how the command ended.", Id,
                    "See whether the engine still runs; restart it if it hangs.");
            }

            await Task.Delay(pause, cancellation);
            if (pause < TimeSpan.FromMilliseconds(100))
                pause *= 2;
        }
    }

    private async Task PumpAsync(Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> error)
    {
        try
        {
            await StreamDemultiplexer.CopyAsync(stream.Stream, isTty: false, output, error, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Given up on purpose.
        }
        catch (Exception lost) when (lost is IOException or InvalidDataException or SocketException)
        {
            throw client.Lost(lost);
        }
        finally
        {
            filter?.Finish();
        }
    }

    private async Task FeedAsync(string path)
    {
        try
        {
            await using (FileStream file = File.OpenRead(path))
                await file.CopyToAsync(stream.Stream, stop.Token);
            await stream.Stream.FlushAsync(stop.Token);
            await stream.CloseInputAsync();
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The program ended before it read all of its input.
        }
    }
}
