using System.Text.RegularExpressions;
using MemTools.Reports.Errors;

namespace MemTools.Reports.Graph;

/// <summary>Compiles a user's regular expression so that no input can make it run away.</summary>
internal static class Pattern
{
    /// <summary>Null in, null out.</summary>
    /// <exception cref="MemToolsException">PatternInvalid.</exception>
    public static Regex? Compile(string? pattern, string option)
    {
        if (string.IsNullOrEmpty(pattern))
            return null;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new MemToolsException(
                "PatternInvalid", MemToolsErrorCategory.InvalidArgument, $"'{pattern}' given as {option} is not a usable regular expression: {error.Message}",
                pattern, "Correct the expression; look-around and back-references are not supported, as in pprof.", error);
        }
    }
}
