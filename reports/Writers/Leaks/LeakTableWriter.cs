using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>Writes leak reports as tables that fit the terminal: size, objects, function and place of each record.</summary>
public static class LeakTableWriter
{
    private const string Gap = "  ";

    /// <summary>Writes the reports one after the other, an empty line between.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<LeakReport> reports, LeakTextOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        for (int i = 0; i < reports.Count; i++)
        {
            if (i > 0)
            {
                writer.WriteLine();
            }

            LeakSummaryText.Write(writer, reports[i], options);
            WriteTable(writer, reports[i].Leaks, options);
        }
    }

    private static void WriteTable(TextWriter writer, IReadOnlyList<LeakRecord> leaks, LeakTextOptions options)
    {
        List<LeakRecord> shown = [.. leaks.Take(options.Top ?? int.MaxValue)];
        if (shown.Count == 0)
        {
            return;
        }

        bool showSize = shown[0].Bytes >= 1024;
        bool showStatus = shown.Exists(l => l.Status != LeakStatus.None);
        bool showKind = shown.Exists(l => l.Kind != shown[0].Kind);
        var columns = new List<Column>
        {
            new("Bytes", true, l => ByteText.Exact(l.Bytes)),
            new("Objects", true, l => ByteText.Exact(l.Objects)),
        };
        if (showSize)
        {
            columns.Insert(1, new Column("Size", true, l => ByteText.Human(l.Bytes)));
        }

        if (showStatus)
        {
            columns.Add(new Column("Status", false, l => l.Status.ToString()));
        }

        if (showKind)
        {
            columns.Add(new Column("Kind", false, l => l.Kind.ToString()));
        }

        WriteRows(writer, shown, columns, options);
        if (shown.Count < leaks.Count)
        {
            writer.WriteLine($"{Gap}… {ByteText.Count(leaks.Count - shown.Count, "smaller record")} not shown");
        }
    }

    private static void WriteRows(TextWriter writer, List<LeakRecord> shown, List<Column> columns, LeakTextOptions options)
    {
        int[] widths = [.. columns.Select(c => Math.Max(c.Title.Length, shown.Max(l => c.Text(l).Length)))];
        List<string> functions = [.. shown.Select(l => TextCells.Safe(Function(l)))];
        List<string> locations = [.. shown.Select(l => TextCells.Safe(Place(l)))];
        int left = Math.Max(60, options.Width) - widths.Sum() - (Gap.Length * (widths.Length + 1));
        int location = Math.Min(Math.Max(8, locations.Max(l => l.Length)), Math.Max(20, left / 2));
        int function = Math.Min(Math.Max(8, functions.Max(f => f.Length)), Math.Max(8, left - location));
        location = Math.Min(Math.Max(8, locations.Max(l => l.Length)), Math.Max(location, left - function));

        TextPalette palette = options.Palette;
        string heading = string.Join(Gap, columns.Select((c, i) => c.Pad(c.Title, widths[i]))) + Gap + "Function".PadRight(function) + Gap + "Location";
        writer.WriteLine(palette.Paint(palette.Heading, heading));
        for (int r = 0; r < shown.Count; r++)
        {
            string numbers = string.Join(Gap, columns.Select((c, i) => c.Pad(c.Text(shown[r]), widths[i])));
            string name = TextCells.CutEnd(FoldedName.Fit(functions[r], function), function).PadRight(function);
            writer.WriteLine((numbers + Gap + palette.Paint(palette.Name, name) + Gap + TextCells.CutStart(locations[r], location)).TrimEnd());
        }
    }

    private static string Function(LeakRecord leak) => leak.Function ?? FrameOrigins.Innermost(leak.Stack)?.ToString() ?? "(unknown)";

    /// <summary>The source line, else the module, else the address.</summary>
    private static string Place(LeakRecord leak) =>
        leak.Location ?? leak.Module ?? (leak.Stack.Count > 0 ? $"0x{leak.Stack[0].Address:x}" : "");

    private sealed record Column(string Title, bool IsNumber, Func<LeakRecord, string> Text)
    {
        public string Pad(string text, int width) => IsNumber ? text.PadLeft(width) : text.PadRight(width);
    }
}
