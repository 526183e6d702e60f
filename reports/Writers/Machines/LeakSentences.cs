using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Reports.Writers;

/// <summary>The sentences that all reports for machines share.</summary>
internal static class LeakSentences
{
    /// <summary>For example <c>Leak of 4,096 bytes (4.0 KiB) in 1 object allocated in leak_big</c>.</summary>
    public static string Message(LeakRecord leak) =>
        $"{Word(leak.Kind)} of {ByteText.Full(leak.Bytes)} in {ByteText.Count(leak.Objects, "object")}"
        + (leak.Function is { } function ? $" allocated in {function}" : leak.Module is { } module ? $" allocated in {System.IO.Path.GetFileName(module)}" : "");

    /// <summary>The frames of the program, one per line.</summary>
    public static string StackText(LeakRecord leak) => string.Join('\n', leak.Stack.Select(f => "  " + f));

    /// <summary>What was checked: <c>gperftools check _main_ of dmserver (process 12)</c>.</summary>
    public static string Subject(LeakReport report)
    {
        string engine = report.Engine.Length > 0 ? report.Engine : "no engine";
        string check = report.Check.Length > 0 ? $" check {report.Check}" : "";
        string program = report.FilePath is { } path ? $" of {System.IO.Path.GetFileName(path)}" : "";
        string process = report.ProcessId is { } pid ? $" (process {pid})" : "";
        return engine + check + program + process;
    }

    /// <summary>Sources that the leak names in a stack, for a reader: only own frames.</summary>
    public static IEnumerable<StackFrame> OwnFrames(LeakRecord leak) => leak.Stack.Where(f => FrameOrigins.Of(f) == FrameOrigin.Program);

    private static string Word(LeakKind kind) => kind switch
    {
        LeakKind.IndirectlyLost => "Indirect leak",
        LeakKind.PossiblyLost => "Possible leak",
        LeakKind.Reachable => "Reachable memory",
        LeakKind.StillLive => "Memory still live",
        _ => "Leak",
    };
}
