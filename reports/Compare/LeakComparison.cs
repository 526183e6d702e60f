using MemTools.Reports.Model;

namespace MemTools.Reports.Compare;

/// <summary>How reports are compared.</summary>
public sealed record LeakComparisonOptions
{
    /// <summary>A record is Same as long as its objects differ by no more than this (caches and threads make counts jitter).</summary>
    public long ObjectTolerance { get; init; } = 1;

    /// <summary>False to leave out records that are the same.</summary>
    public bool IncludeSame { get; init; } = true;
}

/// <summary>One leak in two reports.</summary>
public sealed record LeakDifference
{
    /// <summary>New, Fixed, Grown, Shrunk or Same.</summary>
    public required LeakStatus Status { get; init; }

    public required string Fingerprint { get; init; }

    public string? Function { get; init; }

    public string? Location { get; init; }

    public string? Module { get; init; }

    public LeakKind Kind { get; init; }

    /// <summary>Bytes in the newer report; 0 when fixed.</summary>
    public long Bytes { get; init; }

    /// <summary>Objects in the newer report; 0 when fixed.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes in the older report; 0 when new.</summary>
    public long BaselineBytes { get; init; }

    /// <summary>Objects in the older report; 0 when new.</summary>
    public long BaselineObjects { get; init; }

    /// <summary>Bytes more (or, negative, fewer) than in the older report.</summary>
    public long BytesDelta => Bytes - BaselineBytes;

    /// <summary>Objects more (or, negative, fewer) than in the older report.</summary>
    public long ObjectsDelta => Objects - BaselineObjects;

    /// <summary>Frames of the newer record, or of the older one when fixed.</summary>
    public IReadOnlyList<StackFrame> Stack { get; init => field = value.Indexable(); } = [];

    /// <summary>What is new or has grown as a leak of its own: of what has grown only the growth.</summary>
    public LeakRecord ToGrowth() => new()
    {
        Bytes = Math.Max(0, BytesDelta),
        Objects = Math.Max(0, ObjectsDelta),
        Function = Function,
        Location = Location,
        Module = Module,
        Kind = Kind,
        Stack = Stack,
        Fingerprint = Fingerprint,
        Status = Status,
    };
}

/// <summary>
/// Compares leak reports by fingerprint and kind: what is New, Fixed, Grown, Shrunk, Same. Records of one fingerprint (two stacks that differ only
/// in lines, or the same leak in several processes) are added up on each side.
/// </summary>
public static class LeakComparison
{
    /// <summary>The differences, New first, then Grown, Same, Shrunk, Fixed, each by the size of the change and then of the leak.</summary>
    public static IReadOnlyList<LeakDifference> Compare(
        IEnumerable<LeakReport> baseline, IEnumerable<LeakReport> current, LeakComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(current);
        options ??= new LeakComparisonOptions();
        Dictionary<(string, LeakKind), Sum> before = AddUp(baseline);
        Dictionary<(string, LeakKind), Sum> after = AddUp(current);
        var differences = new List<LeakDifference>();
        foreach (((string, LeakKind) key, Sum now) in after)
        {
            Sum? then = before.GetValueOrDefault(key);
            Add(differences, Difference(then, now, options), options);
        }

        foreach (((string, LeakKind) key, Sum then) in before)
        {
            if (!after.ContainsKey(key))
            {
                Add(differences, Difference(then, null, options), options);
            }
        }

        differences.Sort(Order);
        return differences;
    }

    /// <summary>The current reports with <see cref="LeakRecord.Status"/> set from the comparison with the baseline.</summary>
    public static IReadOnlyList<LeakReport> Mark(
        IEnumerable<LeakReport> baseline, IReadOnlyList<LeakReport> current, LeakComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(current);
        Dictionary<(string, LeakKind), LeakStatus> statuses = [];
        foreach (LeakDifference difference in Compare(baseline, current, options is null ? null : options with { IncludeSame = true }))
        {
            statuses[(difference.Fingerprint, difference.Kind)] = difference.Status;
        }

        return [.. current.Select(r => r with { Leaks = [.. r.Leaks.Select(l => l with { Status = statuses.GetValueOrDefault((l.Fingerprint, l.Kind)) })] })];
    }

    private static void Add(List<LeakDifference> differences, LeakDifference difference, LeakComparisonOptions options)
    {
        if (difference.Status != LeakStatus.Same || options.IncludeSame)
        {
            differences.Add(difference);
        }
    }

    private static LeakDifference Difference(Sum? then, Sum? now, LeakComparisonOptions options)
    {
        LeakRecord record = (now ?? then)!.Largest;
        return new LeakDifference
        {
            Status = Status(then, now, options),
            Fingerprint = record.Fingerprint,
            Function = record.Function,
            Location = record.Location,
            Module = record.Module,
            Kind = record.Kind,
            Bytes = now?.Bytes ?? 0,
            Objects = now?.Objects ?? 0,
            BaselineBytes = then?.Bytes ?? 0,
            BaselineObjects = then?.Objects ?? 0,
            Stack = record.Stack,
        };
    }

    private static LeakStatus Status(Sum? then, Sum? now, LeakComparisonOptions options)
    {
        if (then is null)
        {
            return LeakStatus.New;
        }

        if (now is null)
        {
            return LeakStatus.Fixed;
        }

        long objects = now.Objects - then.Objects;
        long bytes = now.Bytes - then.Bytes;
        if (objects == 0 && bytes == 0)
        {
            return LeakStatus.Same;
        }

        // One object more of the usual size is jitter; the same number of objects that are larger is growth.
        if (objects != 0 && Math.Abs(objects) <= options.ObjectTolerance && Math.Abs(bytes) <= Math.Abs(objects) * Math.Max(then.LargestObject, now.LargestObject))
        {
            return LeakStatus.Same;
        }

        return bytes > 0 || (bytes == 0 && objects > 0) ? LeakStatus.Grown : LeakStatus.Shrunk;
    }

    private static int Order(LeakDifference left, LeakDifference right)
    {
        int order = Rank(left.Status).CompareTo(Rank(right.Status));
        order = order != 0 ? order : Math.Abs(right.BytesDelta).CompareTo(Math.Abs(left.BytesDelta));
        order = order != 0 ? order : right.Bytes.CompareTo(left.Bytes);
        order = order != 0 ? order : string.CompareOrdinal(left.Fingerprint, right.Fingerprint);
        return order != 0 ? order : left.Kind.CompareTo(right.Kind);
    }

    private static int Rank(LeakStatus status) => status switch
    {
        LeakStatus.New => 0,
        LeakStatus.Grown => 1,
        LeakStatus.Same => 2,
        LeakStatus.Shrunk => 3,
        _ => 4,
    };

    private static Dictionary<(string, LeakKind), Sum> AddUp(IEnumerable<LeakReport> reports)
    {
        var sums = new Dictionary<(string, LeakKind), Sum>();
        foreach (LeakRecord leak in reports.SelectMany(r => r.Leaks))
        {
            var key = (leak.Fingerprint, leak.Kind);
            if (sums.TryGetValue(key, out Sum? sum))
            {
                sum.Add(leak);
            }
            else
            {
                sums[key] = new Sum(leak);
            }
        }

        return sums;
    }

    private sealed class Sum
    {
        public Sum(LeakRecord first)
        {
            Largest = first;
            Add(first);
        }

        public LeakRecord Largest { get; private set; }

        public long Bytes { get; private set; }

        public long Objects { get; private set; }

        /// <summary>Mean size of an object of the record that has the largest objects, rounded up.</summary>
        public long LargestObject { get; private set; }

        public void Add(LeakRecord record)
        {
            Bytes += record.Bytes;
            Objects += record.Objects;
            LargestObject = Math.Max(LargestObject, record.Objects > 0 ? (record.Bytes + record.Objects - 1) / record.Objects : record.Bytes);
            Largest = record.Bytes > Largest.Bytes ? record : Largest;
        }
    }
}
