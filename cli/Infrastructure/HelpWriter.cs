using System.CommandLine;

namespace MemTools.Cli.Infrastructure;

/// <summary>Help texts: what a command does, its options, examples that can be typed as they are.</summary>
internal static class HelpWriter
{
    private const int Width = 100;
    private const int MaximumNameWidth = 34;

    public static void WriteTop(TextWriter writer)
    {
        writer.WriteLine("memtools: checks native programs for leaks under any allocator, and proves that the check ran");
        writer.WriteLine();
        writer.WriteLine("Usage: memtools COMMAND [OPTION...]");
        writer.WriteLine("       memtools COMMAND --help");
        writer.WriteLine();
        writer.WriteLine("Commands:");
        WriteColumns(writer, [.. CommandTable.Entries.Where(entry => !entry.IsHidden && !entry.Path.Contains(' ')).Select(entry => (entry.Name, entry.Summary))]);
        writer.WriteLine();
        writer.WriteLine("Example:");
        writer.WriteLine("  memtools run --allocator tcmalloc --heap-check normal -- ./dmserver");
        writer.WriteLine();
        writer.WriteLine("Exit codes: 0 done and clean, 1 leaks found, 2 usage error, 3 a check could not be made;");
        writer.WriteLine("            'memtools run' otherwise ends with the program's own.");
    }

    public static void Write(TextWriter writer, CommandEntry entry, CliCommand command, Command definition)
    {
        writer.WriteLine($"memtools {entry.Path}: {entry.Summary}");
        writer.WriteLine();
        writer.WriteLine($"Usage: memtools {entry.Path} [OPTION...]{Arguments(command, definition)}");
        if (command.Remarks.Length > 0)
        {
            writer.WriteLine();
            foreach (var line in Wrap(command.Remarks, Width))
                writer.WriteLine(line);
        }

        Section(writer, "Arguments:", [.. definition.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? ""))]);
        Section(
            writer, "Options:",
            [
                .. definition.Options.Where(option => !option.Hidden).Select(option => (Names(option), option.Description ?? "")),
                ("-h, --help", "this text"),
            ]);
        var children = CommandTable.Entries.Where(child => child.Path.StartsWith(entry.Path + " ", StringComparison.Ordinal) && !child.IsHidden);
        Section(writer, "Commands:", [.. children.Select(child => (child.Path, child.Summary))]);
        if (command.Examples.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("Examples:");
        foreach (var example in command.Examples)
        {
            writer.WriteLine($"  memtools {example.Line}");
            writer.WriteLine($"      {example.Text}");
        }
    }

    private static string Arguments(CliCommand command, Command definition)
    {
        if (command.TakesProgram)
            return " [--] PROGRAM [ARGUMENT...]";
        return string.Concat(definition.Arguments.Where(argument => !argument.Hidden).Select(argument =>
        {
            var name = argument.HelpName ?? argument.Name;
            var many = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
            return argument.Arity.MinimumNumberOfValues == 0 ? $" [{name}{many}]" : $" {name}{many}";
        }));
    }

    private static string Names(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias.Length == 2).Append(option.Name));
        // A switch takes a value too (--cum=false), which help need not say.
        return option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) ? $"{names} {option.HelpName ?? "VALUE"}" : names;
    }

    private static void Section(TextWriter writer, string title, IReadOnlyList<(string Name, string Text)> rows)
    {
        if (rows.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine(title);
        WriteColumns(writer, rows);
    }

    private static void WriteColumns(TextWriter writer, IReadOnlyList<(string Name, string Text)> rows)
    {
        var width = Math.Min(MaximumNameWidth, rows.Max(row => row.Name.Length)) + 2;
        foreach (var (name, text) in rows)
        {
            var lines = Wrap(text, Width - width - 2);
            // A name that is too long for its column has a line of its own.
            if (name.Length > width - 2)
                writer.WriteLine($"  {name}");
            else
                writer.WriteLine($"  {name.PadRight(width)}{lines[0]}".TrimEnd());
            foreach (var line in name.Length > width - 2 ? lines : lines.Skip(1))
                writer.WriteLine($"  {new string(' ', width)}{line}");
        }
    }

    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line = line.Length == 0 ? word : $"{line} {word}";
            }

            lines.Add(line);
        }

        return lines;
    }
}
