namespace MemTools.Cli;

/// <summary>What the command's exit code means; docs/exit-codes.md. Otherwise `memtools run` ends with the program's own.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The check ran and found leaks, or a gate failed.</summary>
    public const int LeaksFound = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A check could not be made, or a command could not do what was asked.</summary>
    public const int NotChecked = 3;

    /// <summary>Ended by Ctrl+C, as shells count it: 128 and the signal.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>The reader of standard output went away (SIGPIPE).</summary>
    public const int BrokenPipe = 141;
}
