using System.Globalization;
using System.Net.Sockets;
using MemTools.Allocators;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>The program under test as the main process of a container.</summary>
internal sealed class ContainerProcess : ITargetProcess
{
    private static readonly TimeSpan StreamGrace = TimeSpan.FromSeconds(5);

    private readonly EngineClient client;
    private readonly string container;
    private readonly HijackedStream stream;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private readonly Task feed;
    private readonly DateTimeOffset started = DateTimeOffset.UtcNow;

    /// <param name="client">The engine.</param>
    /// <param name="container">Started.</param>
    /// <param name="stream">Attached before the start.</param>
    /// <param name="start">Gives the callbacks.</param>
    /// <param name="inputPath">File for standard input; null for none.</param>
    /// <param name="isFirst">True when the program itself is the container's process 1.</param>
    public ContainerProcess(EngineClient client, string container, HijackedStream stream, ProcessStart start, string? inputPath, bool isFirst)
    {
        this.client = client;
        this.container = container;
        this.stream = stream;
        ProcessId = isFirst ? 1 : 0;
        pump = Task.Run(() => PumpAsync(start.OnOutput ?? Discard, start.OnError ?? Discard));
        feed = inputPath is null ? Task.CompletedTask : Task.Run(() => FeedAsync(inputPath));
    }

    /// <summary>1, or 0 where an entry point stands between and the program's number is not known.</summary>
    public int ProcessId { get; }

    /// <summary>Goes to process 1, which ignores signals that it has no handler for, except SIGKILL.</summary>
    public void Signal(int signal)
    {
        try
        {
            client.KillContainerAsync(container, signal.ToString(CultureInfo.InvariantCulture), CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (MemToolsException error) when (error.ErrorId is "ContainerNotRunning" or "ContainerNotFound" or "ContainerConflict")
        {
            // It has ended meanwhile.
        }
    }

    /// <inheritdoc/>
    public async Task<ProcessEnd> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            long code = await client.WaitContainerAsync(container, cancellation);
            bool givenUp = await Task.WhenAny(pump, Task.Delay(StreamGrace, cancellation)) != pump;
            ContainerDetails details = await client.InspectContainerAsync(container, cancellation);
            return ExitCodes.ToEnd(code) with
            {
                StreamsGivenUp = givenUp,
                Duration = Duration(details.State),
                Problem = details.State.OomKilled ? "The container ran out of memory and its kernel ended the program (SIGKILL); give it more (-Memory)."
                    : details.State.Error is { Length: > 0 } error ? $"The engine says: {error}" : LostStream(),
            };
        }
        catch (MemToolsException error) when (error.ErrorId == "ContainerNotFound")
        {
            return new ProcessEnd { Problem = "The container was removed by someone else while the program ran; how it ended is not known." };
        }
        catch (MemToolsException error) when (error.ErrorId is "ContainerEngineLost" or "ContainerEngineUnreachable" or "ContainerEngineAnswer")
        {
            return new ProcessEnd { Problem = $"How the program ended is not known. {error.Message}" };
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await stream.DisposeAsync();
        await ((Task)pump).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await feed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private static void Discard(ReadOnlyMemory<byte> bytes)
    {
    }

    private string? LostStream() => pump is { IsFaulted: true, Exception.InnerException: { } error } ? $"The program's output broke off: {error.Message}" : null;

    private TimeSpan Duration(ContainerState state) =>
        state is { StartedAt: { } from, FinishedAt: { } to } && to > from ? to - from : DateTimeOffset.UtcNow - started;

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
        catch (Exception lost) when (lost is IOException or SocketException)
        {
            throw client.Lost(lost);
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
