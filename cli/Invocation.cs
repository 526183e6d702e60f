using System.CommandLine;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Parsing;
using MemTools.Containers;
using MemTools.Reports.Errors;

namespace MemTools.Cli;

/// <summary>One call of the command: finds the command named by the first argument, parses its options only, runs it, prints errors.</summary>
internal static class Invocation
{
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Returns the exit code; <see cref="ExitCodes"/> names them.</summary>
    public static int Run(string[] args, Terminal terminal)
    {
        try
        {
            var code = Dispatch(args, terminal);
            terminal.Flush();
            return code;
        }
        catch (BrokenPipeException)
        {
            // The reader of our output went away, for example `| head`: not an error of ours.
            return ExitCodes.BrokenPipe;
        }
        catch (IOException error)
        {
            // The results could not be written to their end (a full disk): what is left of them is dropped.
            try
            {
                return ErrorPrinter.Print(terminal, InputOutputError(error));
            }
            catch (IOException)
            {
                return ExitCodes.NotChecked;
            }
        }
    }

    private static int Dispatch(string[] args, Terminal terminal)
    {
        if (args.Length == 0)
        {
            HelpWriter.WriteTop(terminal.Error);
            return ExitCodes.Usage;
        }

        if (args[0] is "--version")
        {
            terminal.Out.WriteLine($"memtools {Version}");
            return ExitCodes.Success;
        }

        if (args[0] is "-h" or "--help" or "help" or "-?")
            return Help(args[1..], terminal);

        if (Completion.IsRequest(args))
            return Completion.Answer(args, terminal);

        var (entry, depth) = CommandTable.Find(args);
        if (entry is null)
        {
            var name = args[Math.Min(depth, args.Length - 1)];
            var near = Spelling.Nearest(name, CommandTable.Names(args[..depth]));
            return UsageError(
                terminal, string.Join(' ', args[..depth]),
                name.StartsWith('-') ? $"unknown option '{name}'" : $"unknown command '{name}'{(near is null ? "" : $"; did you mean '{near}'?")}");
        }

        return Run(entry, args[depth..], terminal);
    }

    private static int Run(CommandEntry entry, string[] args, Terminal terminal)
    {
        var command = entry.Create!();
        var definition = command.Define();
        var split = command.TakesWords ? new ProgramSplit([.. args.Where(word => word is "-h" or "--help" or "-?")], args) : command.TakesProgram ? ProgramSplit.Of(definition, args) : ProgramSplit.None(args);
        if (split.Options.Any(option => option is "-h" or "--help" or "-?"))
        {
            HelpWriter.Write(terminal.Out, entry, command, definition);
            return ExitCodes.Success;
        }

        // An engine takes longer to be reached than the options take to be read.
        if (split.Options.Any(option => option is "--image" or "--container" || option.StartsWith("--image=", StringComparison.Ordinal)))
            ContainerSession.Prepare();
        var parsed = definition.Parse(split.Options, Configuration);
        if (parsed.Errors.Count > 0)
            return UsageError(terminal, entry.Path, parsed.Errors[0].Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal));

        using var interrupts = new Interrupts();
        var context = new CommandContext(terminal, interrupts, split.Program);
        try
        {
            return command.RunAsync(parsed, context).GetAwaiter().GetResult();
        }
        catch (UsageException usage)
        {
            return UsageError(terminal, entry.Path, usage.Message);
        }
        catch (MemToolsException error)
        {
            return ErrorPrinter.Print(terminal, error);
        }
        catch (OperationCanceledException) when (interrupts.Cancellation.IsCancellationRequested)
        {
            return interrupts.ExitCode;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Flush();
            return ErrorPrinter.Print(terminal, InputOutputError(error));
        }
    }

    private static MemToolsException InputOutputError(Exception error) =>
        new("InputOutputError", MemToolsErrorCategory.ReadError, error.Message, null, "Check the path, its permissions and the free space.", error);

    private static int Help(string[] names, Terminal terminal)
    {
        if (names.Length == 0)
        {
            HelpWriter.WriteTop(terminal.Out);
            return ExitCodes.Success;
        }

        var (entry, depth) = CommandTable.Find(names);
        if (entry is null)
            return UsageError(terminal, "", $"unknown command '{names[Math.Min(depth, names.Length - 1)]}'");
        var command = entry.Create!();
        HelpWriter.Write(terminal.Out, entry, command, command.Define());
        return ExitCodes.Success;
    }

    private static int UsageError(Terminal terminal, string path, string message)
    {
        terminal.Flush();
        terminal.Error.WriteLine($"{terminal.ErrorStyle.Bad("memtools:")} {message}");
        terminal.Error.WriteLine($"Try 'memtools {(path.Length > 0 ? path + " " : "")}--help'.");
        return ExitCodes.Usage;
    }

    /// <summary>The module manifest's version, which every assembly has.</summary>
    internal static string Version => typeof(Invocation).Assembly.GetName().Version!.ToString(3);
}
