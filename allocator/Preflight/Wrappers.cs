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

    private static readonly Wrapper[] Known =
    [
        new("env", WrapperKind.Runner, "uCS", 0), new("timeout", WrapperKind.Runner, "sk", 1), new("nice", WrapperKind.Runner, "n", 0),
        new("nohup", WrapperKind.Runner, "", 0), new("setsid", WrapperKind.Runner, "", 0), new("stdbuf", WrapperKind.Runner, "ioe", 0),
        new("ionice", WrapperKind.Runner, "cnp", 0), new("taskset", WrapperKind.Runner, "", 1), new("chrt", WrapperKind.Runner, "TPD", 1),
        new("numactl", WrapperKind.Runner, "imNCpHP", 0), new("time", WrapperKind.Runner, "of", 0), new("catchsegv", WrapperKind.Runner, "", 0),
        new("unbuffer", WrapperKind.Runner, "", 0), new("prlimit", WrapperKind.Runner, "po", 0), new("unshare", WrapperKind.Runner, "SGRw", 0),
        new("setarch", WrapperKind.Runner, "", 1), new("xargs", WrapperKind.Runner, "IndPLsEa", 0), new("flock", WrapperKind.Runner, "wE", 1),
        new("strace", WrapperKind.Tracer, "aeEIobOpPsSuUX", 0), new("ltrace", WrapperKind.Tracer, "aAeDlFnopsuwxX", 0), new("gdb", WrapperKind.Tracer, "", 0),
        new("gdbserver", WrapperKind.Tracer, "", 1), new("lldb", WrapperKind.Tracer, "", 0), new("rr", WrapperKind.Tracer, "", 1),
        new(Sudo, WrapperKind.OtherEnvironment, "CDghpRrTtUu", 0), new("doas", WrapperKind.OtherEnvironment, "Cu", 0),
        new("su", WrapperKind.OtherEnvironment, "", 99), new("runuser", WrapperKind.OtherEnvironment, "ugG", 0), new("pkexec", WrapperKind.OtherEnvironment, "", 0),
        new("systemd-run", WrapperKind.OtherEnvironment, "puHM", 0), new("ssh", WrapperKind.OtherEnvironment, "", 99),
        new("docker", WrapperKind.OtherEnvironment, "", 99), new("podman", WrapperKind.OtherEnvironment, "", 99),
        new("sh", WrapperKind.Shell, "", 99), new("bash", WrapperKind.Shell, "", 99), new("dash", WrapperKind.Shell, "", 99), new("zsh", WrapperKind.Shell, "", 99),
        new("ksh", WrapperKind.Shell, "", 99), new("ash", WrapperKind.Shell, "", 99), new("fish", WrapperKind.Shell, "", 99), new("csh", WrapperKind.Shell, "", 99),
        new("tcsh", WrapperKind.Shell, "", 99),
    ];

    /// <summary>The call; null when the program runs no other.</summary>
    public static WrapperCall? Inspect(string program, IReadOnlyList<string> arguments)
    {
        string name = Path.GetFileName(program);
        if (name == "busybox" && arguments.Count > 0)
            return Inspect(arguments[0], [.. arguments.Skip(1)]);
        foreach (Wrapper known in Known)
            if (known.Name == name)
                return Parse(known, arguments);
        return null;
    }

    private static WrapperCall? Parse(Wrapper wrapper, IReadOnlyList<string> arguments)
    {
        (string name, WrapperKind kind, string valueOptions, int positional) = wrapper;
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

    /// <summary>A known program.</summary>
    /// <param name="Name">Its file name.</param>
    /// <param name="Kind">What it does.</param>
    /// <param name="ValueOptions">Short options that take a value.</param>
    /// <param name="Positional">Arguments before the program.</param>
    private sealed record Wrapper(string Name, WrapperKind Kind, string ValueOptions, int Positional);
}
