using MemTools.Allocators.Launch;
using MemTools.Reports.Readers;

namespace MemTools.Allocators.HeapCheck.Gperftools;

/// <summary>
/// Tells the checker's own helpers from the program's children. For each check gperftools clones a process that shares the program's memory and looks at its
/// threads (linuxthreads.cc, ListAllProcessThreads); it comes and goes inside the check, so that of a process whose whole-program check gave
/// its verdict the last child is the helper.
/// </summary>
internal static class CheckerHelpers
{
    public static IReadOnlyList<ChildProcess> Remove(RunEvidence evidence, HeapCheckLog? log, IReadOnlyList<string> files)
    {
        if (evidence.Children is not { Processes.Count: > 0 } children)
            return evidence.Children?.Processes ?? [];
        // draconian does not look at threads.
        if (log is null && files.Count == 0 || log?.Has(HeapCheckNoticeKind.NotLookingForThreadStacks) == true)
            return children.Processes;
        var left = new List<ChildProcess>(children.Processes);
        int passes = log is not null && (log.Has(HeapCheckNoticeKind.AlignmentIsNotTheCause) || log.Has(HeapCheckNoticeKind.AlignmentIsTheCause)) ? 2 : 1;
        foreach (int pid in CheckedProcesses(evidence.Run.ProcessId, left, log, files))
            RemoveLast(left, pid, passes);
        int named = log?.Checks.Where(static c => c.Name != "_main_" && c.Outcome != HeapCheckOutcome.Inactive).Sum(static c => c.Occurrences) ?? 0;
        RemoveShortest(left, named);
        return left;
    }

    /// <summary>Processes that gave a whole-program verdict. Clean words carry no process id: then all that executed a program are taken.</summary>
    private static HashSet<int> CheckedProcesses(int? program, List<ChildProcess> children, HeapCheckLog? log, IReadOnlyList<string> files)
    {
        var pids = new HashSet<int>();
        foreach (string file in files)
            if (HeapFileName.Parse(file, "_main_") is { } name)
                pids.Add(name.ProcessId);
        if (log?.Checks.Any(static c => c is { Name: "_main_", Outcome: HeapCheckOutcome.Clean }) == true)
        {
            if (program is { } pid)
                pids.Add(pid);
            foreach (ChildProcess child in children)
                if (child.Executed)
                    pids.Add(child.ProcessId);
        }
        return pids;
    }

    private static void RemoveLast(List<ChildProcess> children, int parent, int count)
    {
        for (int i = children.Count - 1; i >= 0 && count > 0; i--)
        {
            if (children[i].ParentProcessId != parent)
                continue;
            if (children[i] is not { Executed: false, Duration: not null })
                return;
            children.RemoveAt(i);
            count--;
        }
    }

    private static void RemoveShortest(List<ChildProcess> children, int count)
    {
        for (; count > 0; count--)
        {
            ChildProcess? shortest = children.Where(static c => c is { Executed: false, Duration: not null }).MinBy(static c => c.Duration);
            if (shortest is null)
                return;
            children.Remove(shortest);
        }
    }
}
