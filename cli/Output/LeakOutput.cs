using MemTools.Cli.Infrastructure;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Output;

/// <summary>Leak reports in the formats of <c>--format</c>.</summary>
internal static class LeakOutput
{
    public static void Write(Terminal terminal, IReadOnlyList<LeakReport> reports, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                LeakReportJson.Write(terminal.OutStream, reports);
                break;
            case OutputFormat.Csv:
                LeakCsvWriter.Write(terminal.Out, reports);
                break;
            default:
                WriteText(terminal.Out, reports, format, terminal.OutStyle, terminal.Width);
                break;
        }
    }

    public static void WriteText(TextWriter writer, IReadOnlyList<LeakReport> reports, OutputFormat format, Style style, int width)
    {
        var options = new LeakTextOptions { Width = width, Palette = style.IsOn ? TextPalette.Ansi : TextPalette.None };
        if (format == OutputFormat.List)
            LeakListWriter.Write(writer, reports, options);
        else
            LeakTableWriter.Write(writer, reports, options);
    }
}
