using System.CommandLine.Parsing;

namespace MemTools.Cli.Parsing;

/// <summary>Values of an option that are the names of an enumeration, in any case.</summary>
internal static class Names
{
    /// <summary>The named value; an error that lists them all, with the nearest, where there is none.</summary>
    public static T Parse<T>(ArgumentResult result)
        where T : struct, Enum
    {
        string text = result.Tokens[0].Value;
        string[] names = Array.ConvertAll(Enum.GetNames<T>(), name => name.ToLowerInvariant());
        int index = Array.IndexOf(names, text.ToLowerInvariant());
        if (index >= 0)
            return Enum.GetValues<T>()[index];
        result.AddError($"'{text}' is no value of {((OptionResult)result.Parent!).Option.Name}; there are: {string.Join(", ", names)}{(Spelling.Nearest(text.ToLowerInvariant(), names) is { } near ? $"; did you mean '{near}'?" : "")}");
        return default;
    }
}
