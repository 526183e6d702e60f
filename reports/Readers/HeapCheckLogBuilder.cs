using System.Globalization;
using System.Text;

namespace MemTools.Reports.Readers;

/// <summary>
/// Puts the lines of one or several processes together. Each message reaches the stream whole (one write), so records of processes
/// that share the stream may alternate, but never mix; a record goes to the open report that it can belong to.
/// </summary>
internal sealed class HeapCheckLogBuilder
{
    /// <summary>The checker formats a message in 600 bytes (2,048 for a record in some versions) and adds the newline itself.</summary>
    private static readonly int[] BufferLengths = [599, 600, 2047, 2048];

    /// <summary>More reports than this cannot be under way at once; the oldest are then taken to have been cut off.</summary>
    private const int MaxOpenReports = 256;

    private readonly List<HeapCheckResult> checks = [];
    private readonly Dictionary<(string, HeapCheckOutcome, int?, long, long), List<HeapCheckResult>> checksByContent = [];
    private readonly List<OpenReport> open = [];
    private readonly Dictionary<(HeapCheckNoticeKind Kind, string Text), long> notices = [];
    private readonly HeapCheckStackTable stacks = new();
    private readonly List<HeapCheckFrame> frames = [];
    private int banners;
    private HeapCheckRecord? record;
    private int recordLength;

    /// <summary>True while some process is in the middle of a leak report.</summary>
    public bool InReport => open.Count > 0;

    /// <summary>Takes a line; false when it cannot be the checker's at this place.</summary>
    public bool Add(in HeapCheckLine line, ReadOnlySpan<char> text, bool startsLine)
    {
        if (line.Kind == HeapCheckLineKind.Frame)
        {
            return startsLine && AddFrame(in line, text);
        }

        CloseRecord();
        switch (line.Kind)
        {
            case HeapCheckLineKind.Banner:
                banners++;
                return true;
            case HeapCheckLineKind.Clean:
                AddCheck(new HeapCheckResult
                {
                    Name = Decode(line.Name), Outcome = HeapCheckOutcome.Clean, ReachableObjects = line.First,
                    ReachableBytes = line.Second, IsComplete = true,
                });
                return true;
            case HeapCheckLineKind.Inactive:
                AddCheck(new HeapCheckResult { Name = Decode(line.Name), Outcome = HeapCheckOutcome.Inactive, IsComplete = true });
                return true;
            case HeapCheckLineKind.Leaky:
                if (open.Count >= MaxOpenReports)
                {
                    AddCheck(open[0].Result);
                    open.RemoveAt(0);
                }

                open.Add(new OpenReport(new HeapCheckResult
                {
                    Name = Decode(line.Name), Outcome = HeapCheckOutcome.Leaks, Bytes = line.First, Objects = line.Second,
                }));
                return true;
            case HeapCheckLineKind.Largest:
                return AddLargest(line.First);
            case HeapCheckLineKind.Record:
                return StartRecord(in line, text.Length);
            case HeapCheckLineKind.Skipping:
                return AddSkipping(line.First, line.Second);
            case HeapCheckLineKind.ProfileCommand:
                return AddCommand(Decode(line.Name), line.Extra.IsEmpty ? null : Decode(line.Extra));
            case HeapCheckLineKind.LastAdvice:
                CloseReport(open.Find(r => r.HasCommand) ?? open[0]);
                return true;
            default:
                AddNotice(line.Notice, text);
                return true;
        }
    }

    /// <summary>A line of the program came: no frame of the record before it can follow.</summary>
    public void AddProgramLine() => CloseRecord();

    /// <summary>A frame that the checker would not print came behind a record's first line, so that line was the program's.</summary>
    public void RejectRecord()
    {
        if (frames.Count == 0)
        {
            record = null;
        }
    }

    /// <summary>Ends the stream.</summary>
    public HeapCheckLog Build(long totalBytes)
    {
        CloseRecord();
        foreach (OpenReport report in open)
        {
            AddCheck(report.Result);
        }

        open.Clear();
        return new HeapCheckLog
        {
            Banners = banners,
            Checks = checks,
            Notices = [.. notices.Select(n => new HeapCheckNotice(n.Key.Kind, n.Key.Text, n.Value))],
            TotalBytes = totalBytes,
        };
    }

    private bool AddLargest(long announced)
    {
        OpenReport? report = open.Find(r => !r.HasLargest);
        if (report is null)
        {
            return false;
        }

        report.HasLargest = true;
        report.Result.Announced = (int)Math.Min(announced, int.MaxValue);
        return true;
    }

    private bool StartRecord(in HeapCheckLine line, int textLength)
    {
        long bytes = line.First;
        long objects = line.Second;
        if (!open.Exists(r => r.Admits(bytes, objects)))
        {
            return false;
        }

        record = new HeapCheckRecord { Bytes = bytes, Objects = objects };
        recordLength = textLength + 1;
        frames.Clear();
        return true;
    }

    private bool AddFrame(in HeapCheckLine line, ReadOnlySpan<char> text)
    {
        if (record is null)
        {
            return false;
        }

        recordLength += text.Length + 1;
        bool cutInAddress = line.Extra.IsEmpty && IsBufferLength(recordLength);
        frames.Add(new HeapCheckFrame(cutInAddress ? 0 : line.Address, line.Name.IsEmpty ? null : Decode(line.Name)));
        return true;
    }

    private void CloseRecord()
    {
        if (record is null)
        {
            return;
        }

        HeapCheckRecord closed = record;
        record = null;
        if (IsBufferLength(recordLength))
        {
            closed.IsCut = true;
            if (frames.Count > 0 && frames[^1].Address == 0)
            {
                frames.RemoveAt(frames.Count - 1);
            }
        }

        OpenReport? owner = Owner(closed);
        if (owner is not null)
        {
            closed.Frames = stacks.Intern(frames);
            owner.Add(closed, frames);
        }
    }

    /// <summary>Of the open reports that admit the record: one that shares frames with it (same process), else the one opened last that still waits for its first.</summary>
    private OpenReport? Owner(HeapCheckRecord candidate)
    {
        OpenReport? best = null;
        int bestScore = -1;
        foreach (OpenReport report in open)
        {
            if (report.Admits(candidate.Bytes, candidate.Objects))
            {
                int score = report.Score(frames);
                if (score > bestScore)
                {
                    (best, bestScore) = (report, score);
                }
            }
        }

        return best;
    }

    private bool AddSkipping(long first, long last)
    {
        OpenReport? report = open.Find(r => r.Result.RecordList.Count == first) ?? (open.Count > 0 ? open[0] : null);
        if (report is null || last < first)
        {
            return false;
        }

        report.Result.Skipped = (int)Math.Min(last - first + 1, int.MaxValue);
        return true;
    }

    private bool AddCommand(string program, string? profile)
    {
        OpenReport? report = profile is null
            ? open.Find(r => !r.HasCommand)
            : open.Find(r => !r.HasCommand && profile.EndsWith($".{r.Result.Name}-end.heap", StringComparison.Ordinal) && r.IsFull)
                ?? open.Find(r => !r.HasCommand && profile.EndsWith($".{r.Result.Name}-end.heap", StringComparison.Ordinal));
        if (report is null)
        {
            return false;
        }

        report.HasCommand = true;
        report.Result.ProgramPath = program;
        report.Result.ProfilePath = profile;
        report.Result.ProcessId = profile is null ? null : HeapFileName.Parse(profile, report.Result.Name)?.ProcessId;
        return true;
    }

    private void AddNotice(HeapCheckNoticeKind kind, ReadOnlySpan<char> text)
    {
        if (kind == HeapCheckNoticeKind.DumpFailed)
        {
            string line = Decode(text);
            foreach (OpenReport report in open)
            {
                if (line.EndsWith($".{report.Result.Name}-end.heap", StringComparison.Ordinal))
                {
                    report.Result.DumpFailed = true;
                }
            }
        }

        if (kind is HeapCheckNoticeKind.ExitsForLeaks or HeapCheckNoticeKind.AbortsForLeaks)
        {
            OpenReport? report = open.Find(r => r.Result.Name == "_main_" && r.HasCommand) ?? open.Find(r => r.Result.Name == "_main_");
            if (report is not null)
            {
                CloseReport(report);
            }
        }

        // Addresses make each of these texts distinct; one example is enough.
        bool distinct = kind is not (HeapCheckNoticeKind.IdentifiedObject or HeapCheckNoticeKind.LargeAllocation or HeapCheckNoticeKind.HeapProfiler
            or HeapCheckNoticeKind.Advice or HeapCheckNoticeKind.NoLiveObject or HeapCheckNoticeKind.StackRegionNotFound);
        var key = distinct && notices.Count < HeapCheckLog.MaxNotices ? (kind, Decode(text)) : KeyOfKind(kind, text);
        notices[key] = notices.GetValueOrDefault(key) + 1;
    }

    private (HeapCheckNoticeKind, string) KeyOfKind(HeapCheckNoticeKind kind, ReadOnlySpan<char> text)
    {
        foreach ((HeapCheckNoticeKind Kind, string Text) key in notices.Keys)
        {
            if (key.Kind == kind)
            {
                return key;
            }
        }

        return (kind, Decode(text));
    }

    private void CloseReport(OpenReport report)
    {
        report.Result.IsComplete = true;
        open.Remove(report);
        AddCheck(report.Result);
    }

    /// <summary>A program that runs the same check a million times must not fill the memory: equal verdicts are counted.</summary>
    private void AddCheck(HeapCheckResult check)
    {
        var key = (check.Name, check.Outcome, check.ProcessId, check.Bytes, check.Objects);
        if (!checksByContent.TryGetValue(key, out List<HeapCheckResult>? bucket))
        {
            checksByContent[key] = bucket = [];
        }

        foreach (HeapCheckResult known in bucket)
        {
            if (known.IsComplete == check.IsComplete && known.RecordList.Count == check.RecordList.Count
                && known.ProfilePath == check.ProfilePath && SameRecords(known, check))
            {
                known.Occurrences++;
                return;
            }
        }

        bucket.Add(check);
        checks.Add(check);
    }

    private static bool SameRecords(HeapCheckResult left, HeapCheckResult right)
    {
        for (int i = 0; i < left.RecordList.Count; i++)
        {
            HeapCheckRecord a = left.RecordList[i];
            HeapCheckRecord b = right.RecordList[i];
            if (a.Bytes != b.Bytes || a.Objects != b.Objects || !ReferenceEquals(a.Frames, b.Frames))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBufferLength(int length) => Array.IndexOf(BufferLengths, length) >= 0;

    /// <summary>The characters stand for bytes, which are UTF-8 where the program's names are not plain ASCII.</summary>
    private static string Decode(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToString();
        }

        byte[] bytes = new byte[text.Length];
        Encoding.Latin1.GetBytes(text, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A leak report whose end has not come yet.</summary>
    private sealed class OpenReport(HeapCheckResult result)
    {
        private readonly HashSet<ulong> addresses = [];
        private long bytesLeft = result.Bytes;
        private long objectsLeft = result.Objects;

        public HeapCheckResult Result { get; } = result;

        public bool HasLargest { get; set; }

        public bool HasCommand { get; set; }

        /// <summary>True when no record can follow.</summary>
        public bool IsFull => bytesLeft == 0 || (HasLargest && Result.RecordList.Count >= Result.Announced);

        /// <summary>Records come most bytes first and add up to the totals.</summary>
        public bool Admits(long bytes, long objects) =>
            !HasCommand && bytes <= bytesLeft && objects <= objectsLeft
            && (!HasLargest || Result.RecordList.Count < Result.Announced)
            && (Result.RecordList.Count == 0 || bytes <= Result.RecordList[^1].Bytes);

        public int Score(List<HeapCheckFrame> frames)
        {
            int shared = frames.Count(f => addresses.Contains(f.Address));
            return shared > 0 ? 1000 + shared : Result.RecordList.Count == 0 ? 1 : 0;
        }

        public void Add(HeapCheckRecord record, List<HeapCheckFrame> frames)
        {
            Result.RecordList.Add(record);
            bytesLeft -= record.Bytes;
            objectsLeft -= record.Objects;
            foreach (HeapCheckFrame frame in frames)
            {
                addresses.Add(frame.Address);
            }
        }
    }
}
