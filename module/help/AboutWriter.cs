using System.Text;

namespace MemTools.Help;

/// <summary>Writes about_ topics: plain text, wrapped for an 80-column terminal.</summary>
internal static class AboutWriter
{
    private const int Width = 78;

    /// <summary>The list of error ids (id, category, meaning, action; tab-separated, a heading first).</summary>
    public static void WriteErrors(string table, string file)
    {
        var text = new StringBuilder();
        Head(text, "about_MemTools_Errors", "The error ids of MemTools, what they mean and what to do.");
        text.Append("LONG DESCRIPTION\n");
        Wrap(text, "Every failure carries one of these ids in FullyQualifiedErrorId (before the comma), a category, the object it is about in "
            + "TargetObject, and advice in ErrorDetails.RecommendedAction. Match the id in scripts; texts may change.", 4);
        text.Append('\n');
        foreach (var row in File.ReadLines(table).Skip(1).Where(l => l.Length > 0).Select(l => l.Split('\t'))
            .OrderBy(r => r[0], StringComparer.Ordinal))
        {
            if (row.Length < 4)
                throw new InvalidDataException($"{table}: four columns are needed: {string.Join(" | ", row)}");
            text.Append("    ").Append(row[0]).Append(" (").Append(row[1]).Append(")\n");
            Wrap(text, row[2], 8);
            Wrap(text, "To do: " + row[3], 8);
            text.Append('\n');
        }
        text.Append("SEE ALSO\n    about_MemTools\n");
        File.WriteAllText(file, text.ToString());
    }

    /// <summary>A topic from a page: its first paragraph is the short description.</summary>
    public static void WriteTopic(string page, string file)
    {
        var lines = File.ReadAllLines(page);
        var text = new StringBuilder();
        var start = Array.FindIndex(lines, l => l.StartsWith("# ", StringComparison.Ordinal)) + 1;
        var first = lines.Skip(start).SkipWhile(l => l.Length == 0).TakeWhile(l => l.Length > 0).ToList();
        Head(text, Path.GetFileNameWithoutExtension(Path.GetFileNameWithoutExtension(file)), string.Join(' ', first));
        text.Append("LONG DESCRIPTION\n");
        Body(text, lines.Skip(start).SkipWhile(l => l.Length == 0).Skip(first.Count));
        text.Append("SEE ALSO\n    about_MemTools_Errors\n");
        File.WriteAllText(file, text.ToString());
    }

    private static void Head(StringBuilder text, string name, string summary)
    {
        text.Append("TOPIC\n    ").Append(name).Append("\n\nSHORT DESCRIPTION\n");
        Wrap(text, summary, 4);
        text.Append('\n');
    }

    private static void Body(StringBuilder text, IEnumerable<string> lines)
    {
        var paragraph = new List<string>();
        var fenced = false;
        foreach (var line in lines.Append(""))
        {
            var fence = line.StartsWith("```", StringComparison.Ordinal);
            var whole = fenced || fence || line.StartsWith('#') || line.StartsWith('|') || line.StartsWith('-') || line.Length == 0;
            if (whole && paragraph.Count > 0)
            {
                Wrap(text, Plain(string.Join(' ', paragraph)), 4);
                paragraph.Clear();
            }
            if (fence)
                fenced = !fenced;
            else if (fenced)
                text.Append("        ").Append(line).Append('\n');
            else if (line.StartsWith('#'))
                text.Append("  ").Append(line.TrimStart('#', ' ').ToUpperInvariant()).Append('\n');
            else if (whole)
                text.Append(line.Length == 0 ? "" : "    ").Append(Plain(line)).Append('\n');
            else
                paragraph.Add(line.Trim());
        }
    }

    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);

    private static void Wrap(StringBuilder text, string paragraph, int indent)
    {
        var column = 0;
        foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }
            if (column == 0)
            {
                text.Append(' ', indent);
                column = indent;
            }
            else
            {
                text.Append(' ');
                column++;
            }
            text.Append(word);
            column += word.Length;
        }
        text.Append('\n');
    }
}
