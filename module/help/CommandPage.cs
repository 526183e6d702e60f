using System.Text;

namespace MemTools.Help;

/// <summary>An example of a page.</summary>
internal sealed record PageExample(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>
/// A page of docs/cmdlets. Its form: <c># Name</c>, a paragraph (the synopsis), then the sections <c>## Description</c>,
/// <c>## Parameters</c> (a <c>### -Name</c> each), <c>## Examples</c> (a <c>### Title</c> each, with a powershell fence),
/// <c>## Inputs</c>, <c>## Outputs</c>, <c>## Notes</c> and <c>## See also</c> (a list).
/// </summary>
internal sealed class CommandPage
{
    public string Name { get; private set; } = "";

    public IReadOnlyList<string> Synopsis { get; private set; } = [];

    public IReadOnlyList<string> Description { get; private set; } = [];

    public Dictionary<string, IReadOnlyList<string>> Parameters { get; } = new(StringComparer.Ordinal);

    public List<PageExample> Examples { get; } = [];

    public IReadOnlyList<string> Inputs { get; private set; } = [];

    public IReadOnlyList<string> Outputs { get; private set; } = [];

    public IReadOnlyList<string> Notes { get; private set; } = [];

    public IReadOnlyList<string> SeeAlso { get; private set; } = [];

    /// <summary>True for a page about a function of the module, whose help stands in the function itself.</summary>
    public bool IsFunction { get; private set; }

    /// <summary>Reads a page.</summary>
    public static CommandPage Parse(string text)
    {
        var page = new CommandPage { IsFunction = text.Contains("<!-- function -->", StringComparison.Ordinal) };
        foreach (var (level, title, body) in Sections(text))
            page.Take(level, title, body);
        return page;
    }

    private string section = "";

    private void Take(int level, string title, string body)
    {
        if (level == 1)
        {
            Name = title;
            Synopsis = Paragraphs(body);
        }
        else if (level == 3 && section == "Parameters")
        {
            Parameters[title.TrimStart('-')] = Paragraphs(body);
        }
        else if (level == 3 && section == "Examples")
        {
            Examples.Add(Example(title, body));
        }
        else
        {
            section = title;
            TakeSection(Paragraphs(body));
        }
    }

    private void TakeSection(IReadOnlyList<string> paragraphs)
    {
        switch (section)
        {
            case "Description": Description = paragraphs; break;
            case "Inputs": Inputs = paragraphs; break;
            case "Outputs": Outputs = paragraphs; break;
            case "Notes": Notes = paragraphs; break;
            case "See also": SeeAlso = [.. paragraphs.SelectMany(p => p.Split('\n')).Select(l => l.TrimStart('-', ' ')).Where(l => l.Length > 0)]; break;
            default: break;
        }
    }

    private static PageExample Example(string title, string body)
    {
        var open = body.IndexOf("```powershell\n", StringComparison.Ordinal);
        if (open < 0)
            return new PageExample(title, "", Paragraphs(body));
        var start = open + "```powershell\n".Length;
        var end = body.IndexOf("\n```", start, StringComparison.Ordinal);
        return new PageExample(title, body[start..end], Paragraphs(body[..open] + "\n\n" + body[(end + 4)..]));
    }

    private static IEnumerable<(int Level, string Title, string Body)> Sections(string text)
    {
        var (level, title, body, fenced) = (0, "", new StringBuilder(), false);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                fenced = !fenced;
            var marks = fenced ? 0 : line.TakeWhile(c => c == '#').Count();
            if (marks is > 0 and <= 3 && line.Length > marks && line[marks] == ' ')
            {
                if (level > 0)
                    yield return (level, title, body.ToString());
                (level, title, body) = (marks, line[(marks + 1)..].Trim(), new StringBuilder());
            }
            else
            {
                body.Append(line).Append('\n');
            }
        }
        if (level > 0)
            yield return (level, title, body.ToString());
    }

    // Blank lines part paragraphs; lines of lists, tables and fences stay lines, others flow together.
    private static List<string> Paragraphs(string body)
    {
        var paragraphs = new List<string>();
        foreach (var block in body.Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (block.StartsWith("<!--", StringComparison.Ordinal))
                continue;
            var lines = block.Split('\n');
            var keep = lines.Any(l => l.StartsWith('-') || l.StartsWith('|') || l.StartsWith("```", StringComparison.Ordinal) || l.StartsWith("    ", StringComparison.Ordinal));
            paragraphs.Add(Plain(keep ? string.Join('\n', lines.Where(l => !l.StartsWith("```", StringComparison.Ordinal))) : string.Join(' ', lines.Select(l => l.Trim()))));
        }
        return paragraphs;
    }

    // Markdown's marks mean nothing in a terminal.
    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);
}
