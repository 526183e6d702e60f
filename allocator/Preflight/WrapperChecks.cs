namespace MemTools.Allocators.Preflight;

/// <summary>What a program in front means for the one behind it.</summary>
internal static class WrapperChecks
{
    public static void Run(PreflightContext context, string path, WrapperCall call)
    {
        if (!context.Preloads && context.Engine is null)
            return;
        string name = Path.GetFileName(path);
        string inner = call.Program ?? "the program";
        switch (call.Kind)
        {
            case WrapperKind.Tracer when context.Engine is { StopsWhenTraced: true }:
                context.Block(
                    "TracedProgram", path, $"{name} traces the program, and a leak checker cannot work in a traced process.",
                    "gperftools' checker would turn itself off and then say \"No leaks found\"", $"Launch {inner} without {name}.");
                return;
            case WrapperKind.OtherEnvironment:
                context.Block(
                    "EnvironmentNotPassedOn", path, $"{name} gives the program an environment of its own making: LD_PRELOAD and what else is set do not reach it.",
                    $"{name} itself would be checked and the program not; {context.Purpose} would not have happened", $"Launch {inner} itself, as the user it is to run as.");
                return;
            default:
                context.Warn(
                    call.Kind == WrapperKind.Shell ? "ShellInFront" : "WrapperInFront", path, $"{name} runs in front of the program.",
                    $"{name} and everything else it starts would be checked too, each with words and a report of its own", $"Launch {inner} itself.");
                return;
        }
    }
}
