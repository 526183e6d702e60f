using MemTools.Cli.Infrastructure;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Output;

/// <summary>Leak reports in the formats of <c>--format</c>.</summary>
internal static class LeakOutput
{
    public static void Write(
        Terminal terminal, IReadOnlyList<LeakReport> reports, LeakExportFormat format, MachineReportOptions machine, CancellationToken cancellation)
    {
        if (format is LeakExportFormat.Table or LeakExportFormat.List)
        {
            WriteText(terminal.Out, reports, format, terminal.OutStyle, terminal.Width);
            return;
        }

        terminal.Out.Flush();
        LeakExport.Write(terminal.OutStream, reports, format, machine, cancellation: cancellation);
    }

    public static void WriteText(TextWriter writer, IReadOnlyList<LeakReport> reports, LeakExportFormat format, Style style, int width)
    {
        var options = new LeakTextOptions { Width = width, Palette = style.IsOn ? TextPalette.Ansi : TextPalette.None };
        if (format == LeakExportFormat.List)
            LeakListWriter.Write(writer, reports, options);
        else
            LeakTableWriter.Write(writer, reports, options);
    }
}
