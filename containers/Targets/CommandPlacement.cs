using MemTools.Containers.Files;

namespace MemTools.Containers.Targets;

/// <summary>What a container is told to run, with the preload where only the program gets it, as far as the image allows.</summary>
/// <param name="Entrypoint">Entry point; empty for none.</param>
/// <param name="Command">Command.</param>
/// <param name="PreloadInEnvironment">True when LD_PRELOAD has to be set for the whole container.</param>
/// <param name="Findings">Who else is run under the allocator, and why.</param>
internal sealed record CommandPlacement(
    IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Command, bool PreloadInEnvironment, IReadOnlyList<string> Findings)
{
    private const string SetAndRun = "export LD_PRELOAD=\"$1\"; shift; exec \"$@\"";

    /// <param name="entrypoint">The image's, or the user's instead of it.</param>
    /// <param name="program">Program and arguments.</param>
    /// <param name="preload">LD_PRELOAD's value; null when nothing is preloaded.</param>
    /// <param name="resolve">A program's path in the image; null when it is not there.</param>
    /// <param name="files">The image's files.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<CommandPlacement> MakeAsync(
        IReadOnlyList<string> entrypoint, IReadOnlyList<string> program, string? preload, Func<string, string?> resolve, ContainerFiles files,
        CancellationToken cancellation)
    {
        EntrypointKind kind = await EntrypointShape.ReadAsync(entrypoint, resolve, files, cancellation);
        var findings = new List<string>();
        switch (kind)
        {
            case EntrypointKind.Program:
                findings.Add($"The image's entry point {entrypoint[0]} is a program of its own; {program[0]} is started instead of it.");
                kind = EntrypointKind.None;
                entrypoint = [];
                break;
            case EntrypointKind.ShellText:
                findings.Add("The image's entry point is a shell's command line, which takes no command; the program is started instead of it.");
                kind = EntrypointKind.None;
                entrypoint = [];
                break;
        }

        if (preload is null)
            return new CommandPlacement(entrypoint, program, false, findings);
        if (EntrypointShape.IsShellText(program) && kind is (EntrypointKind.None or EntrypointKind.PassesOn))
        {
            // The shell itself stays out of it; what it starts is run under the allocator, all of it.
            string[] changed = [.. program];
            changed[2] = $"export LD_PRELOAD={Quote(preload)}; {changed[2]}";
            findings.Add("The program is started by a shell's command line: every program that it starts is run under the allocator and checked.");
            return new CommandPlacement(entrypoint, changed, false, findings);
        }

        switch (kind)
        {
            case EntrypointKind.None:
                return new CommandPlacement([], program, true, findings);
            case EntrypointKind.PassesOn when resolve("env") is { } env:
                return new CommandPlacement(entrypoint, [env, "LD_PRELOAD=" + preload, .. program], false, findings);
            case EntrypointKind.PassesOn when resolve("sh") is { } shell:
                return new CommandPlacement(entrypoint, [shell, "-c", SetAndRun, "sh", preload, .. program], false, findings);
            default:
                findings.Add($"The image's entry point {string.Join(' ', entrypoint)} looks at the command or runs programs of its own, so LD_PRELOAD is set for the whole "
                    + "container: its shell and all that it starts are run under the allocator and checked as well. Give another entry point (-Entrypoint) to leave it out.");
                return new CommandPlacement(entrypoint, program, true, findings);
        }
    }

    /// <summary>True when both name one program of the image.</summary>
    internal static bool IsSame(string left, string right, Func<string, string?> resolve) => left == right
        || (left.Contains('/', StringComparison.Ordinal) ? left : resolve(left)) == (right.Contains('/', StringComparison.Ordinal) ? right : resolve(right))
        || (right.StartsWith("./", StringComparison.Ordinal) && left.EndsWith(right[1..], StringComparison.Ordinal));

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
