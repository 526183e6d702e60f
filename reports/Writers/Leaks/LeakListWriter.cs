using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>Writes leak reports with the stack of each record.</summary>
public static class LeakListWriter
{
    private const int Indent = 4;

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
            int shown = 0;
            foreach (LeakRecord leak in reports[i].Leaks.Take(options.Top ?? int.MaxValue))
            {
                writer.WriteLine();
                WriteRecord(writer, leak, ++shown, options);
            }

            if (shown < reports[i].Leaks.Count)
            {
                writer.WriteLine($"  … {ByteText.Count(reports[i].Leaks.Count - shown, "smaller record")} not shown");
            }
        }
    }

    private static void WriteRecord(TextWriter writer, LeakRecord leak, int number, LeakTextOptions options)
    {
        TextPalette palette = options.Palette;
        string status = leak.Status == LeakStatus.None ? "" : $", {leak.Status}";
        writer.WriteLine(palette.Paint(
            palette.Heading,
            $"#{number}  {ByteText.Full(leak.Bytes)} in {ByteText.Count(leak.Objects, "object")}, {leak.Kind}{status}, fingerprint {leak.Fingerprint}"));
        StackFrame? own = FrameOrigins.Innermost(leak.Stack);
        foreach (StackFrame frame in leak.Stack)
        {
            bool isOwn = FrameOrigins.Of(frame) == FrameOrigin.Program;
            if (options.OwnFramesOnly && !isOwn)
            {
                continue;
            }

            string mark = ReferenceEquals(frame, own) ? "  > " : "    ";
            string text = TextCells.Safe(Shown(frame, options).ToString()) + (frame.IsInlined ? " (inlined)" : "");
            writer.WriteLine(mark + palette.Paint(isOwn ? palette.Name : palette.Dim, text));
        }
    }

    /// <summary>The frame with its name folded to what a line has room for.</summary>
    private static StackFrame Shown(StackFrame frame, LeakTextOptions options) =>
        frame.Function is { } name && FoldedName.Fit(name, Math.Max(60, options.Width) - Indent) is var folded && !ReferenceEquals(folded, name)
            ? frame with { Function = folded } : frame;
}
