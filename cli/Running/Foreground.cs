using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Cli.Infrastructure;

namespace MemTools.Cli.Running;

/// <summary>A program that the command waits for; signals that reach the command reach the program.</summary>
internal static class Foreground
{
    /// <summary>
    /// The first Ctrl+C or SIGTERM is passed on, so that the program can end in order and its check runs; the second one ends it and all that it
    /// started. The run is then reported as any other.
    /// </summary>
    public static async Task<AllocatorRun> RunAsync(LaunchRequest request, LaunchObserver observer, Interrupts interrupts, ITarget? target = null)
    {
        await using var program = await Launcher.StartAsync(request, target, observer, cancellation: interrupts.Cancellation);
        interrupts.Handler = (signal, _) =>
        {
            program.Interrupt(signal);
            return true;
        };
        try
        {
            // A signal that came while the program was being started.
            if (interrupts.Cancellation.IsCancellationRequested)
                program.Interrupt(interrupts.ExitCode - 128);
            // There is nothing else to do: waiting needs no continuation.
            return program.Completion.GetAwaiter().GetResult();
        }
        finally
        {
            interrupts.Handler = null;
        }
    }
}
