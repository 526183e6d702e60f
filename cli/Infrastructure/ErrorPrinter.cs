using MemTools.Reports.Errors;

namespace MemTools.Cli.Infrastructure;

/// <summary>Errors of the core as people see them: message, what to do, and the id to look up.</summary>
internal static class ErrorPrinter
{
    /// <summary>Prints the error and returns the exit code it stands for.</summary>
    public static int Print(Terminal terminal, MemToolsException error)
    {
        terminal.Flush();
        terminal.Error.WriteLine($"{terminal.ErrorStyle.Bad("memtools:")} {error.Message}");
        if (error.RecommendedAction is { Length: > 0 } action)
            terminal.Error.WriteLine($"  {action}");
        terminal.Error.WriteLine(terminal.ErrorStyle.Faint($"  [{error.ErrorId}]"));
        return ExitCodeOf(error);
    }

    /// <summary>A value that the user gave wrongly is a usage error; anything else means that what was asked for could not be done.</summary>
    public static int ExitCodeOf(MemToolsException error) =>
        error.Category == MemToolsErrorCategory.InvalidArgument ? ExitCodes.Usage : ExitCodes.NotChecked;
}
