using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MemTools.Commands;

/// <summary>A suggestion for an argument.</summary>
/// <param name="Text">What is inserted.</param>
/// <param name="ToolTip">What it means.</param>
public readonly record struct Suggestion(string Text, string ToolTip);

/// <summary>Completes an argument from a list; what cannot be listed in time is not suggested, never an error at the prompt.</summary>
public abstract class MemToolsCompleter : IArgumentCompleter
{
    /// <summary>All that fits, unfiltered.</summary>
    protected abstract IEnumerable<Suggestion> Suggest(string command, IDictionary bound);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        try
        {
            return [.. Suggest(commandName, fakeBoundParameters)
                .Where(s => s.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(s => new CompletionResult(Quote(s.Text), s.Text, CompletionResultType.ParameterValue, s.ToolTip))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException
            or Reports.Errors.MemToolsException)
        {
            // A prompt has no place for errors; the command itself will report this one.
            return [];
        }
    }

    /// <summary>The text as it must stand on a command line.</summary>
    protected virtual string Quote(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/') ? text : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
