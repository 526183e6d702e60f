using System.Runtime.InteropServices;

namespace MemTools.Cli.Infrastructure;

/// <summary>Ctrl+C, SIGTERM, SIGHUP and SIGQUIT: the first one cancels, and what was started is ended in order; a second one is for the command to act on.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private PosixSignalRegistration[] _registrations = [];
    private int _count;

    public Interrupts() => StandardDescriptors.WithoutTerminal(() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Take),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Take),
    ]);

    /// <summary>Cancelled by the first signal, unless <see cref="Handler"/> took it.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Gets each signal's number and how many came before it; true when it was dealt with. Null: cancel.</summary>
    public Func<int, int, bool>? Handler { get; set; }

    /// <summary>The exit code of a command that a signal ended.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _cancellation.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        var number = context.Signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGQUIT => 3, PosixSignal.SIGTERM => 15, _ => 1 };
        ExitCode = 128 + number;
        if (Handler?.Invoke(number, Interlocked.Increment(ref _count) - 1) != true)
            _cancellation.Cancel();
    }
}
