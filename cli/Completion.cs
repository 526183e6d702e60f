using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using MemTools.Cli.Infrastructure;

namespace MemTools.Cli;

/// <summary>Answers the shells: <c>memtools [suggest:POSITION] "LINE"</c> prints what may stand there, one a line.</summary>
internal static class Completion
{
    public static bool IsRequest(string[] args) => args.Length == 2 && args[0].StartsWith("[suggest:", StringComparison.Ordinal) && args[0].EndsWith(']');

    public static int Answer(string[] args, Terminal terminal)
    {
        var line = args[1];
        if (int.TryParse(args[0]["[suggest:".Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position < line.Length)
            line = line[..position];
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
        var last = line.EndsWith(' ') || words.Count == 0 ? "" : words[^1];
        foreach (var item in Suggest(words, last).Distinct().Order(StringComparer.Ordinal))
            terminal.Out.WriteLine(item);
        return ExitCodes.Success;
    }

    private static IEnumerable<string> Suggest(List<string> words, string last)
    {
        var before = last.Length > 0 ? words[..^1] : words;
        var (entry, depth) = CommandTable.Find(before);
        if (entry is null || depth == before.Count)
        {
            foreach (var name in CommandTable.Names(before).Where(name => name.StartsWith(last, StringComparison.Ordinal)))
                yield return name;
        }

        if (entry is null || (depth < before.Count && before.Contains("--")))
            yield break;
        var command = entry.Create!();
        var text = string.Join(' ', words.Skip(depth)) + (last.Length == 0 ? " " : "");
        var parsed = command.Define().Parse(text.TrimStart());
        foreach (var item in parsed.GetCompletions(text.TrimStart().Length))
            yield return item.InsertText ?? item.Label;
    }
}
