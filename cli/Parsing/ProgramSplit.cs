using System.CommandLine;

namespace MemTools.Cli.Parsing;

/// <summary>
/// Cuts a command line into the command's own options and the program with its arguments. As with env(1) or timeout(1), the program begins after
/// <c>--</c> or at the first word that is neither an option nor an option's value; nothing from there on is looked at.
/// </summary>
/// <param name="Options">For the parser.</param>
/// <param name="Program">The program and its arguments.</param>
internal sealed record ProgramSplit(IReadOnlyList<string> Options, IReadOnlyList<string> Program)
{
    public static ProgramSplit None(IReadOnlyList<string> args) => new(args, []);

    public static ProgramSplit Of(Command definition, IReadOnlyList<string> args)
    {
        var takesValue = new Dictionary<string, bool>();
        foreach (var option in definition.Options)
        {
            foreach (var name in option.Aliases.Append(option.Name))
                takesValue[name] = option.Arity.MinimumNumberOfValues > 0;
        }

        for (var i = 0; i < args.Count; i++)
        {
            var word = args[i];
            if (word == "--")
                return new([.. args.Take(i)], [.. args.Skip(i + 1)]);
            if (word.Length < 2 || word[0] != '-')
                return new([.. args.Take(i)], [.. args.Skip(i)]);
            // --name=value holds its value; an unknown option is left for the parser to complain of.
            if (takesValue.TryGetValue(word, out var skips) && skips)
                i++;
        }

        return None(args);
    }
}
