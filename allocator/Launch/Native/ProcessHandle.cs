using System.Runtime.InteropServices;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch.Native;

/// <summary>Waiting for and signalling processes that are not our children, safe against ids that are used again.</summary>
internal static class ProcessHandle
{
    private const nint PidfdOpen = 434;
    private const nint PidfdSendSignal = 424;
    private const int Stop = 19;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the process has ended or the time has passed.</summary>
    public static Task WaitAsync(ProcessIdentity process, TimeSpan limit, CancellationToken cancellation)
    {
        int fd = Open(process);
        // Kernels before 5.3 have no pidfd.
        return fd < 0 ? Task.Delay(limit < PollInterval ? limit : PollInterval, cancellation) : WaitAsync(fd, limit, cancellation);
    }

    /// <summary>Sends a signal to that process and no other.</summary>
    public static void Signal(ProcessIdentity process, int signal)
    {
        int fd = Open(process);
        try
        {
            if (process.IsAlive() != true)
                return;
            nint result = fd >= 0
                ? Libc.syscall(PidfdSendSignal, fd, signal, 0, 0)
                : Libc.kill(process.ProcessId, signal);
            int error = Marshal.GetLastPInvokeError();
            if (result != 0 && error != Libc.ESRCH)
            {
                throw new MemToolsException(
                    "SignalNotSent", MemToolsErrorCategory.PermissionDenied,
                    $"{Launch.Signals.Name(signal)} cannot be sent to process {process.ProcessId}: {Marshal.GetPInvokeErrorMessage(error)}.",
                    process.ProcessId, "Send it as the user who started the program.");
            }
        }
        finally
        {
            if (fd >= 0)
                _ = Libc.close(fd);
        }
    }

    /// <summary>Ends the process and what descends from it.</summary>
    public static void KillTree(ProcessIdentity process)
    {
        if (process.IsAlive() != true)
            return;
        Signal(process, Stop);
        ProcessTree.KillDescendants(process.ProcessId);
        Signal(process, Launch.Signals.Kill);
    }

    /// <summary>Ends the process if it still runs and may be ended.</summary>
    public static void TryKill(ProcessIdentity process)
    {
        int fd = Open(process);
        if (fd >= 0)
        {
            _ = Libc.syscall(PidfdSendSignal, fd, Launch.Signals.Kill, 0, 0);
            _ = Libc.close(fd);
        }
        else if (process.IsAlive() == true)
        {
            _ = Libc.kill(process.ProcessId, Launch.Signals.Kill);
        }
    }

    private static int Open(ProcessIdentity process)
    {
        int fd = (int)Libc.syscall(PidfdOpen, process.ProcessId, 0, 0, 0);
        if (fd < 0 || process.IsAlive() == true)
            return fd;
        _ = Libc.close(fd);
        return -1;
    }

    private static async Task WaitAsync(int fd, TimeSpan limit, CancellationToken cancellation)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = cancellation.Register(() => done.TrySetCanceled(cancellation));
        new Thread(() =>
        {
            // In slices, so that a cancelled wait does not keep its thread for long.
            while (!done.Task.IsCompleted && Environment.TickCount64 < deadline
                && !Ended(fd, (int)Math.Clamp(deadline - Environment.TickCount64, 0, 500)))
                continue;
            _ = Libc.close(fd);
            done.TrySetResult();
        })
        { IsBackground = true, Name = "memtools wait" }.Start();
        await done.Task;
    }

    private static unsafe bool Ended(int fd, int milliseconds)
    {
        var descriptor = new Libc.PollDescriptor { Descriptor = fd, Events = Libc.POLLIN };
        return Libc.poll(&descriptor, 1, milliseconds) > 0;
    }
}
