using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>The leaks of reports as a profile, for the views and writers of profiles.</summary>
public static class LeakProfile
{
    /// <summary>One sample per distinct stack and kind, with objects and bytes; suppressed records are left out.</summary>
    public static Profile Of(IReadOnlyList<LeakReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var builder = new StackProfileBuilder(returnAddresses: true);
        foreach (LeakReport report in reports)
        {
            foreach (LeakRecord leak in report.Leaks)
                builder.Add(Stack(builder, leak.Stack), leak.Kind, leak.Objects, leak.Bytes);
        }

        return builder.Build();
    }

    /// <summary>Frames that were inlined share the location of the call that they were inlined into.</summary>
    private static int[] Stack(StackProfileBuilder builder, IReadOnlyList<StackFrame> frames)
    {
        var stack = new List<int>(frames.Count);
        var lines = new List<Line>();
        foreach (StackFrame frame in frames)
        {
            if (frame.Function is { } function)
                lines.Add(builder.Line(function, frame.File ?? "", frame.Line, frame.Column));
            if (frame.IsInlined && lines.Count > 0)
                continue;
            // Where an engine gives no address the offset in the module still tells places apart.
            ulong address = frame.Address != 0 ? frame.Address : frame.Offset;
            int module = frame.Module.Length > 0 ? builder.Module(frame.Module, address - Math.Min(frame.Offset, address), 0, frame.BuildId) : -1;
            stack.Add(builder.Location(address, module, lines.ToArray()));
            lines.Clear();
        }

        return [.. stack];
    }
}
