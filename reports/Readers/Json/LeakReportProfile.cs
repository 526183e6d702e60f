using MemTools.Reports.Model;

namespace MemTools.Reports.Readers.Json;

/// <summary>Leak reports as one profile, so that every view can be made of a report that was exported.</summary>
internal static class LeakReportProfile
{
    /// <summary>Adds the leaks of all reports up; what was suppressed stays out.</summary>
    public static Profile Of(IReadOnlyList<LeakReport> reports)
    {
        var builder = new StackProfileBuilder(returnAddresses: false);
        foreach (LeakReport report in reports)
        {
            foreach (LeakRecord leak in report.Leaks)
                builder.Add([.. Locations(leak.Stack, builder)], leak.Kind, leak.Objects, leak.Bytes);
            builder.Warnings.AddRange(report.Warnings.Except(builder.Warnings));
        }

        return builder.Build();
    }

    /// <summary>Inlined frames come before the frame that they were inlined into and share its location.</summary>
    private static IEnumerable<int> Locations(IReadOnlyList<StackFrame> stack, StackProfileBuilder builder)
    {
        var lines = new List<Line>();
        for (int index = 0; index < stack.Count; index++)
        {
            StackFrame frame = stack[index];
            if (frame.Function is not null || frame.File is not null)
                lines.Add(builder.Line(frame.Function ?? "", frame.File ?? "", frame.Line, frame.Column));
            if (frame.IsInlined && index + 1 < stack.Count)
                continue;
            int module = frame.Module.Length == 0 ? -1 : builder.Module(frame.Module, frame.Address - frame.Offset, buildId: frame.BuildId);
            yield return builder.Location(frame.Address, module, [.. lines]);
            lines.Clear();
        }
    }
}
