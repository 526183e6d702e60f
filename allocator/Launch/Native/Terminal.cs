namespace MemTools.Allocators.Launch.Native;

/// <summary>The caller's terminal.</summary>
internal static class Terminal
{
    /// <summary>
    /// True when standard input is a terminal and this process is in its foreground group. Then the program must stay in
    /// that group: in another one it would be stopped (SIGTTIN) as soon as it read. Ctrl+C then reaches it from the terminal itself.
    /// </summary>
    public static bool IsForeground => Libc.tcgetpgrp(0) == Libc.getpgrp();
}
