using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>
/// What the reports of the other engines prove. Engines that cannot tell reachable from lost memory (jemalloc, mtrace, heaptrack) speak of memory
/// that was still live; a report of nothing is Clean only where something shows that it was written at the process's orderly end.
/// </summary>
public static class EngineEvidence
{
    /// <summary>The verdict of one process's report.</summary>
    /// <param name="leaks">The report.</param>
    /// <param name="bytes">Bytes that count as leaks (without reachable memory, unless the mode counts it).</param>
    /// <param name="objects">Objects that count as leaks.</param>
    /// <param name="facts">How the process ended.</param>
    public static LeakJudgement Judge(EngineLeaks leaks, long bytes, long objects, ProcessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(leaks);
        ArgumentNullException.ThrowIfNull(facts);
        if (leaks.Failure is { } failure)
        {
            return new(Verdict.NotChecked, $"{failure}; {FailureAction(leaks)}.", "EngineFailed");
        }

        if (objects > 0)
        {
            return Found(leaks, bytes, objects);
        }

        if (facts.Signal is not null && leaks.Engine != "valgrind")
        {
            return new(Verdict.NotChecked, $"The program was ended by {facts.Signal} before its exit handlers, so the report is not final.", "KilledBySignal");
        }

        return leaks.Engine switch
        {
            _ when leaks.IsComplete => new(Verdict.Clean, CleanSentence(leaks.Engine), "EngineComplete"),
            "mtrace" or "heaptrack" when facts.ExitCode is not null && !facts.TimedOut =>
                new(Verdict.Clean, CleanSentence(leaks.Engine), "EngineLogOfOrderlyEnd"),
            "mtrace" or "heaptrack" => new(
                Verdict.NotChecked,
                $"Nothing is live at the end of the log, but {leaks.Engine}'s log does not say whether the process ended in order; read it as part of its run.",
                "EndUnknown"),
            _ => new(Verdict.NotChecked, $"{leaks.Engine}'s report is cut off before its end: the process was killed or the disk was full.", "EngineIncomplete"),
        };
    }

    /// <summary>
    /// The verdict where LeakSanitizer printed nothing, which it does both when a program is clean and when it was never there: Clean only
    /// when the library was seen in the process and the process went through its exit handlers.
    /// </summary>
    public static LeakJudgement JudgeSilentLeakSanitizer(ProcessFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.IsStatic)
        {
            return new(Verdict.NotChecked, "The program is statically linked, so LeakSanitizer could not be preloaded; link it with -fsanitize=leak, or use valgrind on a dynamic build.", "StaticProgram");
        }

        if (facts.LibraryLoaded == false)
        {
            return new(Verdict.NotChecked, "LeakSanitizer was not loaded into the process; run Test-Allocator (memtools check) on the program to see why.", "LibraryNotLoaded");
        }

        if (facts.TimedOut || facts.Signal is not null)
        {
            return new(Verdict.NotChecked, $"The program was ended by {facts.Signal ?? "the time limit"} before its exit handlers, where LeakSanitizer looks for leaks.", "KilledBySignal");
        }

        return facts is { LibraryLoaded: true, ExitHandlersRan: true }
            ? new(Verdict.Clean, "LeakSanitizer was in the process, its exit handlers ran, and it reported no leaks.", "SilentAndProved")
            : new(Verdict.NotChecked, "LeakSanitizer is silent when a program is clean and when it is not there; nothing shows that its check ran (the program may have left by _exit).", "SilentUnproved");
    }

    private static LeakJudgement Found(EngineLeaks leaks, long bytes, long objects) => leaks.Engine switch
    {
        "jemalloc" or "mtrace" or "heaptrack" => new(
            Verdict.Leaks,
            $"{bytes} bytes in {objects} objects were still live at the end; {leaks.Engine} cannot tell reachable memory from lost.",
            "StillLive"),
        _ => new(Verdict.Leaks, $"{(leaks.Engine == "valgrind" ? "valgrind" : "LeakSanitizer")} found leaks of {bytes} bytes in {objects} objects.", "EngineFoundLeaks"),
    };

    private static string CleanSentence(string engine) => engine switch
    {
        "valgrind" => "valgrind's leak check ran to its end and found nothing lost.",
        "jemalloc" => "jemalloc's final dump holds no live memory of the program.",
        "mtrace" => "All memory that was traced was freed by the end.",
        "heaptrack" => "All memory that was recorded was freed by the end.",
        _ => "The check ran to its end and found nothing.",
    };

    private static string FailureAction(EngineLeaks leaks) => leaks.Engine switch
    {
        "leaksanitizer" when leaks.Failure!.Contains("fatal error", StringComparison.Ordinal) =>
            "it does not work under ptrace or where ptrace is denied: run without a debugger and allow ptrace",
        "leaksanitizer" => "mend the crash first",
        "valgrind" when leaks.Failure == ValgrindDocument.StaticProgram => "link it dynamically, or run valgrind with --soname-synonyms=somalloc=NONE",
        "valgrind" => "run it with --tool=memcheck --leak-check=full",
        _ => "let the program end by exit or by returning from main",
    };
}
