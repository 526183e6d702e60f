using System.Runtime.InteropServices;

namespace MemTools.Cli.Infrastructure;

/// <summary>
/// Which of the standard streams the caller gave us. Where one is closed (<c>&gt;&amp;-</c>) the .NET runtime opens files of its own under that number, and what we wrote for the
/// user would go into those: its signal pipe, for one.
/// </summary>
internal static partial class StandardDescriptors
{
    private const int GetFlags = 1, CloseOnExec = 1;
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

    [LibraryImport("libc")]
    private static partial int fcntl(int descriptor, int command);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
