using MemTools.Allocators;
using MemTools.Allocators.Launch;

namespace MemTools.Commands;

/// <summary>A program that a cmdlet waits for, and that Ctrl+C reaches.</summary>
internal static class ForegroundRun
{
    private static readonly TimeSpan EndInOrder = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Starts it, and waits unless told not to. When the pipeline is stopped the program gets SIGINT, so that it can end in order and its check can run,
    /// and is killed with all it started when it has not ended five seconds later or when PowerShell exits.
    /// </summary>
    public static async Task<AllocatorRun> StartAsync(LaunchRequest request, LaunchObserver observer, bool noWait, CancellationToken cancellation, ITarget? target = null)
    {
        var program = await Launcher.StartAsync(request, target, observer, null, cancellation).ConfigureAwait(false);
        if (noWait)
            return program.Run;
        EventHandler killAtExit = (_, _) => program.Kill();
        AppDomain.CurrentDomain.ProcessExit += killAtExit;
        try
        {
            return await program.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            program.Interrupt();
            await Task.WhenAny(program.Completion, Task.Delay(EndInOrder, CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await program.DisposeAsync().ConfigureAwait(false);
            AppDomain.CurrentDomain.ProcessExit -= killAtExit;
        }
    }
}
