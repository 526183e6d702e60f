namespace MemTools.Allocators.Preflight;

/// <summary>What a program in front does to the one behind it.</summary>
internal enum WrapperKind
{
    /// <summary>Runs it with the same environment: <c>timeout</c>, <c>nice</c>, <c>env</c>.</summary>
    Runner,

    /// <summary>Runs a command line: <c>sh -c</c>.</summary>
    Shell,

    /// <summary>Traces it: <c>strace</c>, <c>gdb</c>.</summary>
    Tracer,

    /// <summary>Runs it with an environment of its own making: <c>sudo</c>, <c>env -i</c>.</summary>
    OtherEnvironment,
}

/// <summary>A call of a program that runs another.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Program">The program behind it; null when that cannot be told.</param>
/// <param name="Arguments">That program's arguments.</param>
internal sealed record WrapperCall(WrapperKind Kind, string? Program, IReadOnlyList<string> Arguments);

/// <summary>Knows the usual programs that run another and finds it in their arguments.</summary>
internal static class Wrappers
{
    private const string Sudo = "sudo";

    /// <summary>Name, kind, short options that take a value, positional arguments before the program.</summary>
    private static readonly (string Name, WrapperKind Kind, string ValueOptions, int Positional)[] Known =
    [
        ("env", WrapperKind.Runner, "uCS", 0), ("timeout", WrapperKind.Runner, "sk", 1), ("nice", WrapperKind.Runner, "n", 0),
        ("nohup", WrapperKind.Runner, "", 0), ("setsid", WrapperKind.Runner, "", 0), ("stdbuf", WrapperKind.Runner, "ioe", 0),
        ("ionice", WrapperKind.Runner, "cnp", 0), ("taskset", WrapperKind.Runner, "", 1), ("chrt", WrapperKind.Runner, "TPD", 1),
        ("numactl", WrapperKind.Runner, "imNCpHP", 0), ("time", WrapperKind.Runner, "of", 0), ("catchsegv", WrapperKind.Runner, "", 0),
        ("unbuffer", WrapperKind.Runner, "", 0), ("prlimit", WrapperKind.Runner, "po", 0), ("unshare", WrapperKind.Runner, "SGRw", 0),
        ("setarch", WrapperKind.Runner, "", 1), ("xargs", WrapperKind.Runner, "IndPLsEa", 0), ("flock", WrapperKind.Runner, "wE", 1),
        ("strace", WrapperKind.Tracer, "aeEIobOpPsSuUX", 0), ("ltrace", WrapperKind.Tracer, "aAeDlFnopsuwxX", 0), ("gdb", WrapperKind.Tracer, "", 0),
        ("gdbserver", WrapperKind.Tracer, "", 1), ("lldb", WrapperKind.Tracer, "", 0), ("rr", WrapperKind.Tracer, "", 1),
        (Sudo, WrapperKind.OtherEnvironment, "CDghpRrTtUu", 0), ("doas", WrapperKind.OtherEnvironment, "Cu", 0),
        ("su", WrapperKind.OtherEnvironment, "", 99), ("runuser", WrapperKind.OtherEnvironment, "ugG", 0), ("pkexec", WrapperKind.OtherEnvironment, "", 0),
        ("systemd-run", WrapperKind.OtherEnvironment, "puHM", 0), ("ssh", WrapperKind.OtherEnvironment, "", 99),
        ("docker", WrapperKind.OtherEnvironment, "", 99), ("podman", WrapperKind.OtherEnvironment, "", 99),
        ("sh", WrapperKind.Shell, "", 99), ("bash", WrapperKind.Shell, "", 99), ("dash", WrapperKind.Shell, "", 99), ("zsh", WrapperKind.Shell, "", 99),
        ("ksh", WrapperKind.Shell, "", 99), ("ash", WrapperKind.Shell, "", 99), ("fish", WrapperKind.Shell, "", 99), ("csh", WrapperKind.Shell, "", 99),
        ("tcsh", WrapperKind.Shell, "", 99),
    ];

    /// <summary>The call; null when the program runs no other.</summary>
    public static WrapperCall? Inspect(string program, IReadOnlyList<string> arguments)
    {
        string name = Path.GetFileName(program);
        if (name == "busybox" && arguments.Count > 0)
            return Inspect(arguments[0], [.. arguments.Skip(1)]);
        foreach ((string known, WrapperKind kind, string valueOptions, int positional) in Known)
            if (known == name)
                return Parse(known, kind, valueOptions, positional, arguments);
        return null;
    }

    private static WrapperCall? Parse(string name, WrapperKind kind, string valueOptions, int positional, IReadOnlyList<string> arguments)
    {
        int index = 0;
        for (; index < arguments.Count; index++)
        {
            string argument = arguments[index];
            if (name == "env" && argument is "-i" or "-" or "--ignore-environment")
                kind = WrapperKind.OtherEnvironment;
            if (argument == "--")
            {
                index++;
                break;
            }
            if (argument.Length > 1 && argument[0] == '-')
            {
                if (TakesNext(argument, valueOptions))
                    index++;
                continue;
            }
            if (argument == "-" || name is "env" or Sudo && argument.Contains('=', StringComparison.Ordinal))
                continue;
            if (positional == 0)
                break;
            positional--;
        }
        if (kind == WrapperKind.Shell)
            return new WrapperCall(kind, null, []);
        return index < arguments.Count
            ? new WrapperCall(kind, arguments[index], [.. arguments.Skip(index + 1)])
            // Without a program env prints the environment and nice its niceness: it is the program itself.
            : kind is WrapperKind.Runner ? null : new WrapperCall(kind, null, []);
    }

    /// <summary>A lone short option whose value is the next argument: <c>-n 5</c>, but not <c>-n5</c> nor <c>--name=value</c>.</summary>
    private static bool TakesNext(string option, string valueOptions) =>
        option.Length == 2 && valueOptions.Contains(option[1], StringComparison.Ordinal);
}
