namespace MemTools.Allocators.Launch.Native;

/// <summary>The caller's controlling terminal, whatever its standard streams are.</summary>
internal static class Terminal
{
    /// <summary>
    /// True when there is one. Then the program stays in the caller's process group: in one of its own it would be stopped (SIGTTIN) as soon as it read from the terminal,
    /// Ctrl+Z would not stop it, and <c>fg</c> would not bring it to the front.
    /// </summary>
    public static bool IsControlling => ForegroundGroup() >= 0;

    /// <summary>True when this process is in the foreground, where Ctrl+C reaches all of its group from the terminal itself.</summary>
    public static bool IsForeground => ForegroundGroup() == Libc.getpgrp();

    /// <summary>-1 without a terminal.</summary>
    private static int ForegroundGroup()
    {
        int terminal = Libc.open("/dev/tty", Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (terminal < 0)
            return -1;
        int group = Libc.tcgetpgrp(terminal);
        _ = Libc.close(terminal);
        return group;
    }
}
