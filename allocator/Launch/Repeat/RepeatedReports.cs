using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Allocators.Launch;

/// <summary>The reports of a run that repeated its work: what grew with the number of repetitions.</summary>
internal static class RepeatedReports
{
    /// <summary>One report with what grew, and one for each process of both runs that was not checked.</summary>
    /// <param name="run">The run with more repetitions.</param>
    /// <param name="repeat">What it is compared with.</param>
    /// <param name="current">Its own reports.</param>
    /// <param name="symbols">Where symbols come from.</param>
    /// <param name="progress">Told of the steps; null for nobody.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static IReadOnlyList<LeakReport> Make(
        AllocatorRun run, RunRepeat repeat, IReadOnlyList<LeakReport> current, SymbolizeOptions symbols, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<LeakReport> baseline = ReadBaseline(run, repeat, symbols, progress, cancellation);
        LeakReport growth = Grown(run, repeat, baseline, current);
        // The run's verdict has the words of the first of them, which its own reports then repeat.
        return [growth, .. baseline.Concat(current).Where(static report => report.Verdict == Verdict.NotChecked).DistinctBy(static report => report.VerdictReason)];
    }

    /// <summary>The run's verdict: growth is a leak; without growth every process of both runs must have been checked.</summary>
    public static AllocatorRun Judge(AllocatorRun run, IReadOnlyList<LeakReport> reports)
    {
        LeakReport? missing = reports.FirstOrDefault(static report => report.Verdict == Verdict.NotChecked);
        LeakReport said = reports[0].Verdict == Verdict.Leaks ? reports[0] : missing ?? reports[0];
        return run with { Verdict = said.Verdict, VerdictReason = said.VerdictReason };
    }

    private static IReadOnlyList<LeakReport> ReadBaseline(
        AllocatorRun run, RunRepeat repeat, SymbolizeOptions symbols, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        try
        {
            AllocatorRun other = new RunStore(Path.GetDirectoryName(run.RunPath)).Get(repeat.BaselineRun);
            return RunReports.Read(other, symbols, RunFileSource.Of(other), progress, cancellation);
        }
        catch (MemToolsException e)
        {
            return
            [
                new LeakReport
                {
                    Run = repeat.BaselineRun, Engine = run.Engine ?? "", Verdict = Verdict.NotChecked, FilePath = run.FilePath,
                    VerdictReason = $"The run with {repeat.BaselineTimes} repetitions, which this one is compared with, cannot be read: {e.Message} Run both again.",
                },
            ];
        }
    }

    private static LeakReport Grown(AllocatorRun run, RunRepeat repeat, IReadOnlyList<LeakReport> baseline, IReadOnlyList<LeakReport> current)
    {
        var options = new LeakComparisonOptions { IncludeSame = false };
        // Without the other run nothing has grown: its report says that it was not checked.
        bool comparable = baseline.Any(static report => report.Verdict != Verdict.NotChecked);
        List<LeakRecord> grown = comparable
            ? [.. LeakComparison.Compare(baseline, current, options).Where(difference => IsGrowth(difference, options)).Select(static difference => difference.ToGrowth())]
            : [];
        grown.Sort(static (a, b) => b.Bytes.CompareTo(a.Bytes));
        long bytes = grown.Sum(static leak => leak.Bytes);
        long objects = grown.Sum(static leak => leak.Objects);
        int more = repeat.Times - repeat.BaselineTimes;
        long kept = current.Sum(static report => report.Leaks.Sum(static leak => leak.Bytes)) - bytes;
        LeakReport? main = current.FirstOrDefault(report => report.ProcessId == run.ProcessId) ?? (current.Count > 0 ? current[0] : null);
        return new LeakReport
        {
            Run = run.Id, Engine = main?.Engine ?? run.Engine ?? "", Check = main?.Check ?? "", ProcessId = run.ProcessId, FilePath = run.FilePath,
            Bytes = bytes, Objects = objects, Leaks = grown, Paths = main?.Paths ?? [],
            Verdict = !comparable ? Verdict.NotChecked : grown.Count > 0 ? Verdict.Leaks : Verdict.Clean,
            VerdictReason = !comparable
                ? $"There is nothing to compare {repeat.Times} repetitions with."
                : grown.Count > 0
                    ? FormattableString.Invariant($"From {repeat.BaselineTimes} to {repeat.Times} repetitions the leaks grew by {bytes} bytes in {objects} objects ({(double)bytes / more:0.#} bytes for each).")
                    : $"Nothing grew from {repeat.BaselineTimes} to {repeat.Times} repetitions.",
            Warnings = kept > 0 ? [.. main?.Warnings ?? [], $"{kept} bytes that do not grow with the repetitions are left out."] : main?.Warnings ?? [],
        };
    }

    /// <summary>A single new object is what the program set up late, not what each repetition leaves.</summary>
    private static bool IsGrowth(LeakDifference difference, LeakComparisonOptions options) => difference.Status switch
    {
        LeakStatus.New => difference.Objects > options.ObjectTolerance,
        LeakStatus.Grown => true,
        _ => false,
    };
}
