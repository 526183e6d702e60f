using System.Globalization;

namespace MemTools.Allocators.Preflight;

/// <summary>What surrounds the program: tracers, variables that are already set.</summary>
internal static class SurroundingChecks
{
    public static void Run(PreflightContext context)
    {
        if (context.Engine is not { Name: "Gperftools" })
            return;
        if (context.Target is LocalTarget && Tracer() is { } tracer)
        {
            context.Warn(
                "AlreadyTraced", tracer, $"This process is traced by process {tracer}; if the tracer follows children, the program is traced too.",
                "the checker turns itself off in a traced process and then says \"No leaks found\"", "Run without the tracer.");
        }
        if (Variable(context, "PERFTOOLS_VERBOSE") is { Length: > 0 } level && level[0] == '-')
        {
            context.Warn(
                "CheckerSilenced", "PERFTOOLS_VERBOSE", $"PERFTOOLS_VERBOSE={level} silences the checker.",
                "leaks show by the exit code and the file alone, and nothing proves a clean check", "Unset it for the run.");
        }
    }

    private static string? Variable(PreflightContext context, string name) =>
        context.Request.Environment.TryGetValue(name, out string? changed)
            ? changed
            : context.Target.InheritedEnvironment.TryGetValue(name, out string? inherited) ? inherited : null;

    private static string? Tracer()
    {
        const string field = "TracerPid:";
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (!line.StartsWith(field, StringComparison.Ordinal))
                continue;
            ReadOnlySpan<char> pid = line.AsSpan(field.Length).Trim();
            return int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? pid.ToString() : null;
        }
        return null;
    }
}
