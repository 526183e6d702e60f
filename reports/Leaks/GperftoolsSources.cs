using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Reports.Leaks;

/// <summary>
/// Puts gperftools' words and files together. The file has all stacks at full depth, so it gives the records; the text gives the verdict
/// and the totals. A text without its file is used as it is, and so is a file without its text.
/// </summary>
internal sealed class GperftoolsSources(ProcessFacts facts, string? filePath, IFileSource source, CancellationToken cancellation)
{
    private const string Engine = "gperftools";
    private readonly List<(ReportFile File, HeapCheckLog Log)> logs = [];
    private readonly List<HeapFile> heapFiles = [];

    /// <summary>Adds a kept standard error.</summary>
    public void AddLog(ReportFile file, HeapCheckLog log) => logs.Add((file, SoleVerdict.Of(log, facts)));

    /// <summary>Adds a heap profile.</summary>
    public void AddHeapFile(ReportFile file, Stream content) =>
        heapFiles.Add(new HeapFile(file, HeapFileReader.Read(content, file.Path, cancellation)));

    /// <summary>One source per check of each process, in the order the checks ended.</summary>
    public IEnumerable<LeakSource> Collect()
    {
        var sources = new List<LeakSource>();
        Dictionary<HeapCheckResult, (HeapFile? Heap, List<string> Warnings)> found = FindFiles();
        foreach ((ReportFile file, HeapCheckLog log) in logs)
        {
            foreach (HeapCheckResult check in log.Checks)
            {
                (HeapFile? heap, List<string> warnings) = found.GetValueOrDefault(check, (null, []));
                sources.Add(FromCheck(file, log, check, heap, warnings));
            }
        }

        foreach (HeapFile heap in heapFiles.Where(h => !h.IsUsed))
        {
            sources.Add(FromFileAlone(heap));
        }

        foreach ((ReportFile file, HeapCheckLog log) in logs)
        {
            List<string> silentFiles = [.. heapFiles.Where(h => !h.IsUsed && h.IsCheck && h.File.Folder == file.Folder).Select(h => h.File.Path)];
            if (Unchecked(file, log, silentFiles) is { } missing)
            {
                sources.Add(missing);
            }
        }

        return sources;
    }

    /// <summary>
    /// The file of each check. Those that the text names come first, so that none is taken for another check; what processes print at the same time can be mixed up, so
    /// that the other checks take files of the same totals.
    /// </summary>
    private Dictionary<HeapCheckResult, (HeapFile? Heap, List<string> Warnings)> FindFiles()
    {
        var found = new Dictionary<HeapCheckResult, (HeapFile? Heap, List<string> Warnings)>(ReferenceEqualityComparer.Instance);
        List<(ReportFile File, HeapCheckResult Check)> leaky =
            [.. logs.SelectMany(static log => log.Log.Checks.Where(static c => c.Outcome == HeapCheckOutcome.Leaks).Select(c => (log.File, c)))];
        foreach ((ReportFile file, HeapCheckResult check) in leaky.OrderBy(static pair => pair.Check.ProfilePath is null))
        {
            var warnings = new List<string>();
            HeapFile? heap = FindFile(file, check, warnings);
            heap?.IsUsed = true;
            found[check] = (heap, warnings);
        }

        foreach ((ReportFile file, HeapCheckResult check) in leaky.Where(pair => found[pair.Check].Heap is null))
        {
            if (heapFiles.Find(h => !h.IsUsed && h.IsCheck && h.Name?.Check == check.Name && h.File.Folder == file.Folder && h.Totals == (check.Objects, check.Bytes)) is { } same)
            {
                same.IsUsed = true;
                found[check] = (same, []);
            }
        }

        return found;
    }

    private LeakSource FromCheck(ReportFile file, HeapCheckLog log, HeapCheckResult check, HeapFile? heap, List<string> warnings)
    {
        AddNoticeWarnings(log, warnings);
        Profile? profile = null;
        List<string> paths = [file.Path];
        if (heap is not null)
        {
            // gperftools 2.16 loses the beginning of its file; the text is then worth more, with the file's mappings.
            bool isCut = heap.Totals != (check.Objects, check.Bytes) && (IsComplete(check) || check.Records.Sum(static r => r.Bytes) > heap.Totals.Bytes);
            profile = isCut ? HeapCheckTextProfile.Of(check, heap.Profile.Mappings) : heap.Profile;
            paths.Add(heap.File.Path);
        }
        else if (check.Outcome == HeapCheckOutcome.Leaks)
        {
            profile = HeapCheckTextProfile.Of(check);
            AddTextWarnings(check, warnings);
        }

        if (check.Occurrences > 1)
        {
            warnings.Add($"The check gave this same verdict {check.Occurrences} times.");
        }

        return new LeakSource
        {
            Engine = Engine,
            Check = check.Name,
            Judge = (_, _) => HeapCheckEvidence.JudgeCheck(log, check, facts),
            ProcessId = heap?.Name?.ProcessId ?? check.ProcessId,
            FilePath = check.ProgramPath ?? filePath,
            Bytes = check.Bytes,
            Objects = check.Objects,
            Profile = profile,
            Warnings = warnings,
            Paths = paths,
        };
    }

    private LeakSource FromFileAlone(HeapFile heap)
    {
        bool any = heap.Totals.Objects > 0;
        LeakJudgement judgement = !heap.IsCheck
            ? new(Verdict.NotChecked, "The file is a heap profile of what was live, not the result of a leak check.", "HeapProfile")
            : any
                ? HeapCheckEvidence.Judge(null, [heap.File.Path], facts)
                : new(Verdict.NotChecked, "The *-end.heap file lists no objects: it is cut off or was written by something else.", "EmptyHeapFile");
        return new LeakSource
        {
            Engine = Engine,
            Check = heap.Name?.Check ?? "",
            Judge = (_, _) => judgement,
            ProcessId = heap.Name?.ProcessId,
            FilePath = filePath ?? MainProgram(heap),
            Profile = heap.Profile,
            Kind = heap.IsCheck ? LeakKind.Lost : LeakKind.StillLive,
            Paths = [heap.File.Path],
        };
    }

    /// <summary>A report that says that something was not checked; null when every process gave its verdict.</summary>
    private LeakSource? Unchecked(ReportFile file, HeapCheckLog log, List<string> silentFiles)
    {
        bool nothing = log.Checks.Count == 0 && silentFiles.Count == 0;
        bool onlyNamed = log.Checks.Count > 0 && log.Checks.All(c => c.Name != "_main_");
        if (!nothing && (onlyNamed || HeapCheckEvidence.Unanswered(log, silentFiles.Count, facts) <= 0))
        {
            return null;
        }

        var warnings = new List<string>();
        AddNoticeWarnings(log, warnings);
        var verdicts = new HeapCheckLog
        {
            Banners = log.Banners, Notices = log.Notices, TotalBytes = log.TotalBytes,
            Checks = [.. log.Checks.Where(c => c.Outcome == HeapCheckOutcome.Clean)],
        };
        return new LeakSource
        {
            Engine = log.HasCheckerWords ? Engine : "",
            Judge = (_, _) => HeapCheckEvidence.Judge(verdicts, [], facts),
            FilePath = filePath,
            Warnings = warnings,
            Paths = [file.Path],
        };
    }

    /// <summary>The file of the same process and check: by the name that the text gives, else by check name in the same folder; its totals must be the text's.</summary>
    private HeapFile? FindFile(ReportFile log, HeapCheckResult check, List<string> warnings)
    {
        string? recorded = check.ProfilePath;
        string? name = recorded?[(recorded.LastIndexOf('/') + 1)..];
        IEnumerable<HeapFile> candidates = heapFiles.Where(h => !h.IsUsed).Where(h => name is null
            ? h.Name?.Check == check.Name && h.File.Folder == log.Folder
            : Path.GetFileName(h.File.Path) == name);
        HeapFile? mismatch = null;
        foreach (HeapFile candidate in candidates.OrderBy(h => h.File.Folder == log.Folder ? 0 : 1))
        {
            if (candidate.Agrees(check))
            {
                return candidate;
            }

            mismatch ??= candidate;
        }

        if (mismatch is null && recorded is not null && !check.DumpFailed && OpenRecorded(recorded) is { } elsewhere)
        {
            if (elsewhere.Agrees(check))
            {
                return elsewhere;
            }

            mismatch = elsewhere;
        }

        if (mismatch is not null)
        {
            warnings.Add(
                $"{mismatch.File.Path} has other totals ({mismatch.Totals.Bytes} bytes in {mismatch.Totals.Objects} objects) than the checker's text, so it belongs to another check; the text is used.");
        }

        return null;
    }

    /// <summary>The path that the checker printed may have been reused by a later process, so a file that cannot be read there is no error.</summary>
    private HeapFile? OpenRecorded(string recorded)
    {
        if (source.Fetch(recorded, cancellation) is not { } local)
        {
            return null;
        }

        using FileStream stream = ReportFiles.Open(local);
        byte[] beginning = new byte[32];
        int read = stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        if (!HeapFileReader.Recognizes(beginning.AsSpan(0, read)))
        {
            return null;
        }

        stream.Position = 0;
        return new HeapFile(new ReportFile(recorded, false), HeapFileReader.Read(stream, recorded, cancellation));
    }

    private static void AddNoticeWarnings(HeapCheckLog log, List<string> warnings)
    {
        foreach (HeapCheckNotice notice in log.Notices)
        {
            if (notice.Kind.IsDoubtful() || notice.Kind is HeapCheckNoticeKind.AlignmentIsTheCause or HeapCheckNoticeKind.DumpFailed
                or HeapCheckNoticeKind.PreloadFailed)
            {
                warnings.Add($"The engine said: {notice.Text}");
            }
        }
    }

    private static bool IsComplete(HeapCheckResult check) => check.Skipped == 0 && !check.Records.Any(r => r.IsCut)
        && check.Records.Sum(r => r.Bytes) == check.Bytes && check.Records.Sum(r => r.Objects) == check.Objects;

    private static void AddTextWarnings(HeapCheckResult check, List<string> warnings)
    {
        warnings.Add("Read from the checker's text, because its *-end.heap file is not at hand.");
        if (check.Records.Any(r => r.IsCut))
        {
            warnings.Add("Stacks are cut: the checker prints at most 600 bytes of a record.");
        }

        if (check.Skipped > 0)
        {
            warnings.Add($"The checker left out {check.Skipped} smaller leaks (HEAP_CHECK_MAX_LEAKS).");
        }

        long listed = check.Records.Sum(r => r.Bytes);
        if (listed != check.Bytes && check.Skipped == 0)
        {
            warnings.Add($"The text is incomplete: {check.Bytes} bytes announced, {listed} listed.");
        }
    }

    /// <summary>The first executable mapping of a file is the program itself.</summary>
    private static string? MainProgram(HeapFile heap) =>
        heap.Name is { } name ? heap.Profile.Mappings.FirstOrDefault(m => Path.GetFileName(m.Path) == name.Program)?.Path : null;

    private sealed class HeapFile
    {
        public HeapFile(ReportFile file, Profile profile)
        {
            File = file;
            Profile = profile;
            Name = HeapFileName.Parse(file.Path);
            Totals = new LeakRecordBuilder(profile).Totals();
        }

        public ReportFile File { get; }

        public Profile Profile { get; }

        public HeapFileName? Name { get; }

        public (long Objects, long Bytes) Totals { get; }

        /// <summary>Set once its check was found in a text.</summary>
        public bool IsUsed { get; set; }

        /// <summary>True for the checker's own files, which list leaks only.</summary>
        public bool IsCheck => File.Path.EndsWith("-end.heap", StringComparison.Ordinal);

        /// <summary>A truncated file may have less than the text, never more.</summary>
        public bool Agrees(HeapCheckResult check) =>
            Totals == (check.Objects, check.Bytes)
            || (Profile.Warnings.Count > 0 && Totals.Objects <= check.Objects && Totals.Bytes <= check.Bytes);
    }
}
