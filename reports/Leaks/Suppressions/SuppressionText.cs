using System.Text;
using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Writes a suppression for a leak, in valgrind's form with MemTools' comments.</summary>
public static class SuppressionText
{
    private const int MaxFrames = 4;

    /// <summary>
    /// The innermost frames of the program (at most four), functions without parameters; frames of libraries between become <c>...</c>. A leak
    /// without any name is given by module and fingerprint.
    /// </summary>
    /// <param name="leak">The record.</param>
    /// <param name="reason">Why it is accepted; null to leave the comment out.</param>
    /// <param name="expires">Last day; null for ever.</param>
    public static string Of(LeakRecord leak, string? reason, DateOnly? expires)
    {
        ArgumentNullException.ThrowIfNull(leak);
        var text = new StringBuilder();
        if (!string.IsNullOrWhiteSpace(reason))
        {
            text.Append("# reason: ").Append(OneLine(reason)).Append('\n');
        }

        if (expires is { } day)
        {
            text.Append("# expires: ").Append(day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)).Append('\n');
        }

        List<string> frames = Frames(leak);
        if (frames.TrueForAll(f => f == "..."))
        {
            text.Append("# fingerprint: ").Append(leak.Fingerprint).Append('\n');
        }

        text.Append("{\n   ").Append(OneLine(Title(leak))).Append("\n   Memcheck:Leak\n");
        foreach (string frame in frames)
        {
            text.Append("   ").Append(frame).Append('\n');
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>One suppression for each distinct leak of the reports, an empty line between; leaks whose suppressions would be the same share it.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<LeakReport> reports, string? reason, DateOnly? expires)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(reports);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (LeakRecord leak in reports.SelectMany(static r => r.Leaks))
        {
            string text = Of(leak, reason, expires);
            // The title has a line number; what is matched are the frames.
            if (written.Add(string.Join('\n', Frames(leak))))
                writer.Write(written.Count == 1 ? text : "\n" + text);
        }
    }

    private static string Title(LeakRecord leak) => leak.Function is { } function
        ? $"{function}{(leak.Location is null ? "" : $" at {leak.Location}")}"
        : $"leak {leak.Fingerprint}";

    private static List<string> Frames(LeakRecord leak)
    {
        var frames = new List<string> { "..." };
        int named = 0;
        foreach (StackFrame frame in leak.Stack)
        {
            if (named == MaxFrames)
            {
                break;
            }

            if (FrameOrigins.Of(frame) == FrameOrigin.Program && frame.Function is { Length: > 0 } function)
            {
                int parameters = FunctionNames.ParametersStart(function);
                frames.Add("fun:" + OneLine(parameters < 0 ? function : function[..parameters]));
                named++;
            }
            else if (frames[^1] != "...")
            {
                frames.Add("...");
            }
        }

        if (frames.Count > 1 && frames[^1] == "...")
        {
            frames.RemoveAt(frames.Count - 1);
        }

        return frames;
    }

    /// <summary>Names come from the program under test; a line break in one must not write lines of its own.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\r', ' ').Replace('\n', ' ').Trim();
}
