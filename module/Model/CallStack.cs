using System.Collections.ObjectModel;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>A stack that reads as one line where only one fits, as in a column of Export-Csv.</summary>
public sealed class CallStack(IReadOnlyList<StackFrame> frames) : ReadOnlyCollection<StackFrame>([.. frames])
{
    /// <summary>The frames, innermost first.</summary>
    public override string ToString() => string.Join(" < ", this);

    internal static LeakRecord Wrap(LeakRecord record) => record.Stack is CallStack ? record : record with { Stack = new CallStack(record.Stack) };

    internal static LeakReport Wrap(LeakReport report) =>
        report with { Leaks = [.. report.Leaks.Select(Wrap)], Suppressed = [.. report.Suppressed.Select(Wrap)] };
}
