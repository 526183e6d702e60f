using System.CommandLine;

namespace MemTools.Cli;

/// <summary>A command of the command line: declares its options and hands them to the core.</summary>
internal abstract class CliCommand
{
    /// <summary>What its help shows last.</summary>
    public abstract IReadOnlyList<Example> Examples { get; }

    /// <summary>Paragraphs of its help after the summary; may be empty.</summary>
    public virtual string Remarks => "";

    /// <summary>True when the first word that is no option begins a program and its arguments, which are not parsed.</summary>
    public virtual bool TakesProgram => false;

    /// <summary>True for a command that reads its words itself (another tool's command line); they come as <see cref="CommandContext.Program"/>.</summary>
    public virtual bool TakesWords => false;

    /// <summary>Options and arguments. Called once, only for the command that is run (or asked for help).</summary>
    public abstract Command Define();

    /// <summary>Does it; returns the exit code.</summary>
    public abstract Task<int> RunAsync(ParseResult options, CommandContext context);
}

/// <summary>An example in a command's help.</summary>
/// <param name="Line">Without the leading <c>memtools</c>.</param>
/// <param name="Text">What it does.</param>
internal sealed record Example(string Line, string Text);

/// <summary>The command line is wrong in a way that the parser cannot see.</summary>
internal sealed class UsageException(string message) : Exception(message);
