using System.Globalization;

namespace MemTools.Allocators.Launch;

/// <summary>Linux signal names and numbers (those of x86, ARM, POWER, RISC-V and s390; signal(7)).</summary>
public static class Signals
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>All names, SIGHUP first.</summary>
    public static IReadOnlyList<string> All => Names[1..];

    /// <summary>For example <c>SIGSEGV</c>, <c>SIGRTMIN+1</c>.</summary>
    public static string Name(int number) => number switch
    {
        > 0 when number < Names.Length => Names[number],
        FirstRealTime => "SIGRTMIN",
        > FirstRealTime and <= LastRealTime => string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{number - FirstRealTime}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {number}"),
    };

    /// <summary>Reads <c>SIGTERM</c>, <c>term</c>, <c>SIGRTMIN+2</c> or a number; null when it is none of them.</summary>
    public static int? Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number is > 0 and <= LastRealTime ? number : null;
        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text.ToUpperInvariant() : "SIG" + text.ToUpperInvariant();
        int index = Array.IndexOf(Names, name == "SIGPOLL" ? "SIGIO" : name == "SIGIOT" ? "SIGABRT" : name);
        if (index > 0)
            return index;
        if (name == "SIGRTMIN")
            return FirstRealTime;
        return name.StartsWith("SIGRTMIN+", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(9), NumberStyles.None, CultureInfo.InvariantCulture, out int offset)
            && offset <= LastRealTime - FirstRealTime ? FirstRealTime + offset : null;
    }
}
