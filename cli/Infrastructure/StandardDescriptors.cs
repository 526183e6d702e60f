using System.Runtime.InteropServices;

namespace MemTools.Cli.Infrastructure;

/// <summary>
/// Which of the standard streams the caller gave us. Where one is closed (<c>&gt;&amp;-</c>) the .NET runtime opens files of its own under that number, and what we wrote for the
/// user would go into those: its signal pipe, for one.
/// </summary>
internal static partial class StandardDescriptors
{
    private const int GetFlags = 1, CloseOnExec = 1, DuplicateCloseOnExec = 1030;
    private const int ReadWrite = 2, OpenCloseOnExec = 0x80000;

    private static readonly bool[] Given = new bool[3];

    /// <summary>To be called before anything else; takes the numbers that are free, so that no pipe or file of ours gets them. The program finds them closed, as we did.</summary>
    public static void Settle()
    {
        for (var descriptor = 0; descriptor < Given.Length; descriptor++)
        {
            var flags = fcntl(descriptor, GetFlags);
            // What came through exec cannot have the flag; all that the runtime opens has it.
            Given[descriptor] = flags >= 0 && (flags & CloseOnExec) == 0;
            if (flags < 0)
                _ = open("/dev/null", ReadWrite | OpenCloseOnExec);
        }
    }

    public static bool IsGiven(int descriptor) => Given[descriptor];

    /// <summary>
    /// Does something while standard input is no terminal. The runtime looks at it once, when the first signal handler is registered; if it found a terminal there it would
    /// set its modes at each SIGCONT, and in a background job (Ctrl+Z, bg) that stops the whole process group, the program included.
    /// </summary>
    public static void WithoutTerminal(Action action)
    {
        var saved = isatty(0) == 1 ? fcntl(0, DuplicateCloseOnExec, Given.Length) : -1;
        var nothing = saved < 0 ? -1 : open("/dev/null", ReadWrite | OpenCloseOnExec);
        if (nothing >= 0)
            _ = dup2(nothing, 0);
        try
        {
            action();
        }
        finally
        {
            if (nothing >= 0)
            {
                _ = dup2(saved, 0);
                _ = close(nothing);
            }

            if (saved >= 0)
                _ = close(saved);
        }
    }

    [LibraryImport("libc")]
    private static partial int isatty(int descriptor);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
