using System.IO.Enumeration;
using MemTools.Reports.Compare;
using MemTools.Reports.Model;

namespace MemTools.Reports.Gate;

/// <summary>Decides whether leak reports pass. Whatever cannot be excused for sure counts.</summary>
public static class LeakGate
{
    /// <summary>Decides. No report at all is NotChecked.</summary>
    public static LeakGateResult Decide(IReadOnlyList<LeakReport> reports, LeakGateOptions options)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(options);
        // Reachable memory is no leak; engines that list it say so by its kind.
        List<LeakReport> looked = [.. reports.Select(r => r with { Leaks = [.. r.Leaks.Where(l => l.Kind != LeakKind.Reachable)] })];
        List<LeakReport> kept = [.. looked.Select(r => r with { Leaks = [.. r.Leaks.Where(l => Counts(l, options))] })];
        int all = looked.Sum(r => r.Leaks.Count);
        int relevant = kept.Sum(r => r.Leaks.Count);
        List<LeakRecord> leaks = options.Baseline is { } baseline ? Worse(baseline, kept, options) : [.. kept.SelectMany(r => r.Leaks)];
        leaks.Sort(static (a, b) => b.Bytes != a.Bytes ? b.Bytes.CompareTo(a.Bytes) : string.CompareOrdinal(a.Fingerprint, b.Fingerprint));
        (long bytes, long objects) = Unattributed(reports, options.Baseline ?? []);
        long totalBytes = leaks.Sum(l => l.Bytes) + bytes;
        long totalObjects = leaks.Sum(l => l.Objects) + objects;
        List<LeakReport> withoutCheck = [.. reports.Where(r => r.Verdict == Verdict.NotChecked)];
        return new LeakGateResult
        {
            Outcome = Exceeds(totalBytes, totalObjects, leaks.Count, options) ? LeakGateOutcome.Leaks
                : !options.AllowUnchecked && (withoutCheck.Count > 0 || reports.Count == 0) ? LeakGateOutcome.NotChecked
                : LeakGateOutcome.Passed,
            Bytes = totalBytes,
            Objects = totalObjects,
            UnattributedBytes = bytes,
            Leaks = leaks,
            Ignored = all - relevant,
            Known = options.Baseline is null ? 0 : relevant - leaks.Count,
            Unchecked = withoutCheck,
            Reports = reports,
            Options = options,
        };
    }

    private static bool Exceeds(long bytes, long objects, int stacks, LeakGateOptions options) =>
        options.LessThanBytes is null && options.MaxObjects is null
            ? bytes > 0 || objects > 0 || stacks > 0
            : (options.LessThanBytes is { } limit && bytes >= limit && (bytes > 0 || objects > 0)) || objects > (options.MaxObjects ?? long.MaxValue);

    private static List<LeakRecord> Worse(IReadOnlyList<LeakReport> baseline, List<LeakReport> current, LeakGateOptions options) =>
    [
        .. LeakComparison.Compare(baseline, current, options.Comparison with { IncludeSame = false })
            .Where(static difference => difference.Status is LeakStatus.New or LeakStatus.Grown)
            .Select(static difference => difference.ToGrowth()),
    ];

    /// <summary>What the engines reported beyond the records that could be read, less what was so in the baseline.</summary>
    private static (long Bytes, long Objects) Unattributed(IReadOnlyList<LeakReport> reports, IReadOnlyList<LeakReport> baseline)
    {
        static long Rest(IReadOnlyList<LeakReport> all, Func<LeakReport, long> total, Func<LeakRecord, long> part) =>
            all.Where(r => r.Verdict == Verdict.Leaks).Sum(r => Math.Max(0, total(r) - r.Leaks.Concat(r.Suppressed).Sum(part)));
        return (
            Math.Max(0, Rest(reports, r => r.Bytes, l => l.Bytes) - Rest(baseline, r => r.Bytes, l => l.Bytes)),
            Math.Max(0, Rest(reports, r => r.Objects, l => l.Objects) - Rest(baseline, r => r.Objects, l => l.Objects)));
    }

    private static bool Counts(LeakRecord leak, LeakGateOptions options) =>
        (options.Modules.Count == 0 || options.Modules.Any(p => IsFile(p, leak.Module)))
        && !options.Ignore.Any(p => leak.Stack.Any(f => Matches(p, f.Function) || IsFile(p, f.File) || IsFile(p, f.Module)) || Matches(p, leak.Function));

    private static bool IsFile(string pattern, string? path) => Matches(pattern, path) || Matches(pattern, Path.GetFileName(path));

    private static bool Matches(string pattern, string? text) =>
        !string.IsNullOrEmpty(text) && FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
