using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Reports after suppression.</summary>
/// <param name="Reports">The reports, matched records moved from Leaks to Suppressed.</param>
/// <param name="Uses">One entry per suppression, in file order.</param>
public sealed record SuppressionResult(IReadOnlyList<LeakReport> Reports, IReadOnlyList<SuppressionUse> Uses)
{
    /// <summary>Sentences about suppressions that matched nothing or have expired.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Uses.Where(u => u.State == SuppressionState.Expired).Select(u =>
            $"The suppression \"{u.Name}\" ({u.Source}) expired on {u.Expires:yyyy-MM-dd}"
            + (u.Records > 0 ? $"; it would have matched {u.Bytes} bytes in {u.Objects} objects." : " and matches nothing.")),
        .. Uses.Where(u => u.State == SuppressionState.Unused).Select(u =>
            $"The suppression \"{u.Name}\" ({u.Source}) matched nothing; remove it if the leak is mended."),
    ];
}

/// <summary>Sets known leaks aside.</summary>
public static class LeakSuppressor
{
    /// <summary>
    /// Moves matched records to <see cref="LeakReport.Suppressed"/> and takes them out of the totals. The first suppression that matches counts as used.
    /// A report whose leaks are all suppressed becomes Clean, and says so.
    /// </summary>
    /// <param name="reports">The reports.</param>
    /// <param name="suppressions">In order.</param>
    /// <param name="today">The day that decides expiry.</param>
    public static SuppressionResult Apply(IReadOnlyList<LeakReport> reports, IReadOnlyList<LeakSuppression> suppressions, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(suppressions);
        var counts = new Count[suppressions.Count];
        var states = new SuppressionState[suppressions.Count];
        var result = new LeakReport[reports.Count];
        var own = new Count[reports.Count][];
        for (int r = 0; r < result.Length; r++)
        {
            result[r] = Apply(reports[r], suppressions, own[r] = new Count[suppressions.Count], today);
            for (int i = 0; i < counts.Length; i++)
                counts[i] += own[r][i];
        }
        for (int i = 0; i < states.Length; i++)
            states[i] = suppressions[i].IsExpired(today) ? SuppressionState.Expired : counts[i].Records > 0 ? SuppressionState.Used : SuppressionState.Unused;
        for (int r = 0; r < result.Length; r++)
            result[r] = result[r] with { Suppressions = [.. result[r].Suppressions, .. Uses(suppressions, states, own[r])] };
        return new SuppressionResult(result, Uses(suppressions, states, counts));
    }

    private static SuppressionUse[] Uses(IReadOnlyList<LeakSuppression> suppressions, SuppressionState[] states, Count[] counts) =>
    [
        .. suppressions.Select((s, i) => new SuppressionUse
        {
            Name = s.Name, Source = s.Source, Reason = s.Reason, Expires = s.Expires, State = states[i],
            Records = counts[i].Records, Objects = counts[i].Objects, Bytes = counts[i].Bytes,
        }),
    ];

    private static LeakReport Apply(LeakReport report, IReadOnlyList<LeakSuppression> suppressions, Count[] counts, DateOnly today)
    {
        var kept = new List<LeakRecord>();
        var suppressed = new List<LeakRecord>(report.Suppressed);
        long bytes = report.Bytes;
        long objects = report.Objects;
        foreach (LeakRecord leak in report.Leaks)
        {
            if (!Matches(leak, suppressions, counts, today))
            {
                kept.Add(leak);
                continue;
            }

            suppressed.Add(leak with { Status = LeakStatus.Suppressed });
            bytes -= leak.Bytes;
            objects -= leak.Objects;
        }

        if (kept.Count == report.Leaks.Count)
        {
            return report;
        }

        bool nothingLeft = report.Verdict == Verdict.Leaks && kept.Count == 0 && bytes <= 0 && objects <= 0;
        return report with
        {
            Leaks = kept, Suppressed = suppressed, Bytes = Math.Max(0, bytes), Objects = Math.Max(0, objects),
            Verdict = nothingLeft ? Verdict.Clean : report.Verdict,
            VerdictReason = nothingLeft
                ? $"The check ran; all its leaks ({suppressed.Count} records) are suppressed."
                : report.VerdictReason,
        };
    }

    private static bool Matches(LeakRecord leak, IReadOnlyList<LeakSuppression> suppressions, Count[] counts, DateOnly today)
    {
        bool matched = false;
        for (int i = 0; i < suppressions.Count; i++)
        {
            bool expired = suppressions[i].IsExpired(today);
            if ((expired || !matched) && suppressions[i].Matches(leak))
            {
                counts[i] += new Count(1, leak.Objects, leak.Bytes);
                matched |= !expired;
            }
        }

        return matched;
    }

    private readonly record struct Count(int Records, long Objects, long Bytes)
    {
        public static Count operator +(Count left, Count right) => new(left.Records + right.Records, left.Objects + right.Objects, left.Bytes + right.Bytes);
    }
}
