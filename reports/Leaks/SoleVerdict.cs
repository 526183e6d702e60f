using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>
/// gperftools gives one whole-program verdict in a process, as the last thing before it ends the process with code 1 for leaks, and in the exit handlers of one
/// that passes. Where only one process can have spoken, other verdicts of that kind are the program's own words.
/// </summary>
internal static class SoleVerdict
{
    private const string Main = "_main_";
    private const int LeaksCode = 1;

    /// <summary>The log without what the program pretended; the same log where several processes may have spoken.</summary>
    public static HeapCheckLog Of(HeapCheckLog log, ProcessFacts facts)
    {
        HeapCheckResult? last = log.Checks.LastOrDefault(static c => c is { Name: Main, Outcome: HeapCheckOutcome.Leaks });
        if (!facts.IsOnlyProcess || last is null)
        {
            return log;
        }

        bool passed = facts.ExitHandlersRan == true || facts.ExitCode is not (null or LeaksCode);
        return new HeapCheckLog
        {
            Banners = Math.Min(log.Banners, facts.ReplacedImages + 1), Notices = log.Notices, TotalBytes = log.TotalBytes,
            Checks = [.. log.Checks.Where(c => c.Name != Main || (passed ? c.Outcome != HeapCheckOutcome.Leaks : c == last))],
        };
    }
}
