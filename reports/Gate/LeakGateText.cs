using System.Text;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Reports.Gate;

/// <summary>Words for people about a decision: headline, totals against the limit, the largest leaks, how to accept them.</summary>
public static class LeakGateText
{
    private const int Shown = 5;
    private const int Frames = 4;

    /// <summary>One line.</summary>
    public static string Headline(LeakGateResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Outcome switch
        {
            LeakGateOutcome.Leaks => $"{Total(result)} leaked{Since(result)}; allowed: {Limit(result.Options)}.",
            LeakGateOutcome.NotChecked when result.Reports.Count == 0 => "Nothing was checked for leaks: there is no report.",
            LeakGateOutcome.NotChecked => $"{Subject(result.Unchecked[0])} was not checked for leaks: {result.Unchecked[0].VerdictReason}",
            _ when result is { Bytes: 0, Objects: 0 } => $"No leaks{Since(result)}.",
            _ => $"{Total(result)} leaked{Since(result)}: within the limit of {Limit(result.Options)}.",
        };
    }

    /// <summary>Several lines without an end of line at the end.</summary>
    /// <param name="result">The decision.</param>
    /// <param name="accept">How the caller's user accepts these leaks, a line each; shown when leaks are the reason.</param>
    public static string Message(LeakGateResult result, IReadOnlyList<string> accept)
    {
        ArgumentNullException.ThrowIfNull(accept);
        var text = new StringBuilder(Headline(result));
        if (result.Outcome == LeakGateOutcome.Leaks)
        {
            foreach (LeakReport report in result.Reports.Where(r => r.Verdict == Verdict.Leaks))
                text.Append('\n').Append(Checked(report));
            text.Append('\n');
            int width = result.Leaks.Take(Shown).Select(l => ByteText.Exact(l.Bytes).Length).DefaultIfEmpty().Max();
            foreach (LeakRecord leak in result.Leaks.Take(Shown))
                Append(text, leak, width);
            if (result.Leaks.Count > Shown)
                text.Append($"\n  and {ByteText.Count(result.Leaks.Count - Shown, "more stack")} ({ByteText.Full(result.Leaks.Skip(Shown).Sum(l => l.Bytes))})");
            if (result.UnattributedBytes > 0)
                text.Append($"\n  {ByteText.Full(result.UnattributedBytes)} without a stack: the engine's report was cut");
        }
        Append(text, result.Known, "known from the baseline");
        Append(text, result.Ignored, "ignored");
        foreach (LeakReport report in result.Unchecked.Skip(result.Outcome == LeakGateOutcome.NotChecked ? 1 : 0))
            text.Append($"\n{Subject(report)} was not checked: {report.VerdictReason}");
        if (result.Outcome == LeakGateOutcome.Leaks && accept.Count > 0)
        {
            text.Append("\n\nTo accept them:");
            foreach (string way in accept)
                text.Append("\n  ").Append(way);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, LeakRecord leak, int width)
    {
        text.Append("\n  ").Append(ByteText.Exact(leak.Bytes).PadLeft(width)).Append(leak.Bytes == 1 ? " byte in " : " bytes in ")
            .Append(ByteText.Count(leak.Objects, "object"));
        if (leak.Status is LeakStatus.New or LeakStatus.Grown)
            text.Append(" (").Append(leak.Status == LeakStatus.New ? "new" : "grown by that").Append(')');
        if (leak.Stack.Count == 0)
        {
            text.Append("  ").Append(leak.Function ?? "?").Append(leak.Location is null ? "" : " at " + leak.Location);
            return;
        }
        // From the program's own innermost frame outwards: what allocators and the C++ runtime do above it is no news.
        int own = leak.Function is null ? 0 : Math.Max(0, leak.Stack.TakeWhile(f => f.Function != leak.Function).Count());
        int first = own < leak.Stack.Count ? own : 0;
        for (int i = first; i < Math.Min(first + Frames, leak.Stack.Count); i++)
            text.Append("\n      ").Append(leak.Stack[i]);
    }

    private static void Append(StringBuilder text, int count, string what)
    {
        if (count > 0)
            text.Append($"\n{ByteText.Count(count, "stack")} {what}.");
    }

    private static string Total(LeakGateResult result) => $"{Bytes(result.Bytes)} in {ByteText.Count(result.Objects, "object")}";

    private static string Bytes(long bytes) => ByteText.Count(bytes, "byte");

    private static string Since(LeakGateResult result) => result.Options.Baseline is null ? "" : " beyond the baseline";

    private static string Limit(LeakGateOptions options) => (options.LessThanBytes, options.MaxObjects) switch
    {
        (long.MaxValue, null) => "any number",
        ({ } bytes, { } objects) => $"fewer than {Bytes(bytes)}, at most {ByteText.Count(objects, "object")}",
        ({ } bytes, null) => $"fewer than {Bytes(bytes)}",
        (null, { } objects) => $"at most {ByteText.Count(objects, "object")}",
        _ => "none",
    };

    private static string Checked(LeakReport report) =>
        $"{Subject(report)}: {ByteText.Full(report.Bytes)} in {ByteText.Count(report.Objects, "object")}, checked by {report.Engine}{(report.Check.Length > 0 ? $" ({report.Check})" : "")}";

    private static string Subject(LeakReport report) =>
        (report.FilePath is { } path ? Path.GetFileName(path) : "The program") + (report.ProcessId is { } id ? $" (process {id})" : "");
}
