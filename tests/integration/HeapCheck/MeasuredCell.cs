using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>
/// What really happened, in the words of the table: the verdict, which processes were checked, whether what was found is what the program leaves behind, and whether the
/// allocating function has its name.
/// </summary>
internal static class MeasuredCell
{
    /// <summary>Words for a run.</summary>
    public static string Of(MatrixProgram program, AllocatorRun run, IReadOnlyList<LeakReport> reports)
    {
        if (run.Verdict != Verdict.Leaks)
            return run.Verdict.ToString();
        List<LeakReport> leaky = [.. reports.Where(r => r.Verdict == Verdict.Leaks && (!program.IsBehindTracer || r.ProcessId != run.ProcessId))];
        if (leaky.Count == 0)
            return "not seen";
        bool live = leaky.All(static r => r.Leaks.All(static l => l.Kind == LeakKind.StillLive));
        var words = new List<string> { live ? "Leaks (live)" : "Leaks" };
        List<MatrixProcess> found = [.. program.Processes.Where(process => leaky.Any(r => IsTruth(run.Engine!, live, r, process.Sites)))];
        if (found.Count == 0 || found.Count < leaky.Count)
            return $"{words[0]}: {string.Join(" and ", leaky.Select(static r => $"{r.Bytes} bytes in {r.Objects} objects"))}, which is not what it leaves behind";
        if (program.Processes.Count > 1)
            words.Add(Children(program, run, reports, leaky, found));
        if (!leaky.Any(r => r.Leaks.Any(l => l.Function == program.Function || l.Function?.StartsWith(program.Function + "(", StringComparison.Ordinal) == true)))
            words.Add("no names");
        return string.Join(", ", words);
    }

    private static string Children(MatrixProgram program, AllocatorRun run, IReadOnlyList<LeakReport> reports, List<LeakReport> leaky, List<MatrixProcess> found)
    {
        if (found.Count == program.Processes.Count)
            return "each process";
        bool named = run.Children.Any(child => reports.Any(r => r.ProcessId == child.ProcessId && r.Verdict == Verdict.NotChecked));
        // A forked child leaves behind what it inherited, and so what both did.
        if (found[0].Role == "fork" && leaky[0].ProcessId == run.ProcessId)
            return "both in one";
        return found[0].Role == "first" ? $"child {(named ? "named" : "not seen")}" : "first process not seen";
    }

    private static bool IsTruth(string engine, bool live, LeakReport report, IReadOnlyList<MatrixSite> sites)
    {
        IEnumerable<MatrixSite> counted = sites.Where(site => live || !site.IsReachable);
        return report.Objects == counted.Sum(static s => s.Objects)
            && report.Bytes == counted.Sum(s => s.Objects * (engine == "Jemalloc" ? Usable(s.Size) : s.Size));
    }

    /// <summary>jemalloc's size classes on 64 bits: multiples of 16 to 128, then four classes per doubling.</summary>
    public static long Usable(long size)
    {
        if (size <= 128)
            return (size + 15) / 16 * 16;
        long step = 32;
        for (long group = 256; group < size; group *= 2)
            step *= 2;
        return (size + step - 1) / step * step;
    }
}
