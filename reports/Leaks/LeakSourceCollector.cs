using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Writers;

namespace MemTools.Reports.Leaks;

/// <summary>Recognises the files of a request and has each read by its reader.</summary>
internal sealed class LeakSourceCollector(LeakReportRequest request, IFileSource files, CancellationToken cancellation)
{
    private readonly ProcessFacts facts = request.Facts ?? ProcessFacts.Unknown;
    private readonly GperftoolsSources gperftools = new(request.Facts ?? ProcessFacts.Unknown, request.FilePath, files, cancellation);
    private readonly EngineSources engines = new(request, files, cancellation);
    private readonly List<LeakSource> engineSources = [];
    private readonly List<(ReportFile File, IReadOnlyList<string> JemallocWords)> silentTexts = [];

    private bool IsGperftools => request.Engine == "gperftools";

    /// <summary>Reports that were exported before and read as they are.</summary>
    public List<LeakReport> Imported { get; } = [];

    /// <summary>Reads all files.</summary>
    public void Read(IProgress<ProgressStep>? progress)
    {
        List<ReportFile> expanded = ReportFiles.Expand(request.Paths);
        for (int i = 0; i < expanded.Count; i++)
        {
            using Stream content = new WatchedStream(ReportFiles.Open(expanded[i].Path), expanded[i].Path, progress, cancellation, i, expanded.Count);
            ReadFile(expanded[i], content);
        }
    }

    /// <summary>The sources, gperftools' first.</summary>
    public List<LeakSource> Sources()
    {
        List<LeakSource> sources = [.. gperftools.Collect(), .. engineSources];
        bool nothingElse = sources.Count == 0;
        foreach ((ReportFile file, IReadOnlyList<string> words) in silentTexts)
        {
            if (file.IsNamed || nothingElse)
            {
                sources.Add(Silent(words, [file.Path]));
            }
        }

        if (sources.Count == 0 && Imported.Count == 0)
        {
            sources.Add(Silent([], [.. request.Paths]));
        }

        return sources;
    }

    private void ReadFile(ReportFile file, Stream content)
    {
        using ReportStream stream = ReportStream.Open(content, file.Path);
        switch (stream.Format)
        {
            case ReportFormat.LeakSanitizer or ReportFormat.ValgrindText when IsGperftools:
                ReadText(file, stream);
                break;
            case ReportFormat.HeapFile:
                gperftools.AddHeapFile(file, stream.Content);
                break;
            case ReportFormat.JemallocHeap or ReportFormat.LeakSanitizer or ReportFormat.ValgrindXml or ReportFormat.ValgrindText or ReportFormat.Mtrace
                or ReportFormat.Heaptrack:
                engineSources.AddRange(engines.Read(file, stream.Format, stream.Content));
                break;
            case ReportFormat.HeapCheckLog:
                ReadText(file, stream);
                break;
            case ReportFormat.Text when IsStandardError(file):
                ReadText(file, stream);
                break;
            case ReportFormat.LeakReportJson when file.IsNamed:
                Imported.AddRange(LeakReportJson.Read(stream.Content, file.Path, cancellation));
                break;
            case ReportFormat.Empty when JemallocFileName.Parse(file.Path) is not null:
                engineSources.Add(engines.FromEmptyJemalloc(file));
                break;
            case ReportFormat.Empty when IsStandardErrorName(file):
                silentTexts.Add((file, []));
                break;
            case ReportFormat.Empty when file.IsNamed:
                throw ReportErrors.Unrecognized(file.Path, "the file is empty");
            case ReportFormat.Binary or ReportFormat.Pprof when file.IsNamed:
                throw ReportErrors.Unrecognized(file.Path, "it is binary data of no known format");
        }
    }

    private void ReadText(ReportFile file, ReportStream stream)
    {
        TextScan scan = TextScan.Read(stream.Content, cancellation);
        // Where it is known that gperftools checked, what looks like another engine's report was printed by the program.
        if (scan.Other is { } format && !IsGperftools)
        {
            using ReportStream again = ReportStream.Open(ReportFiles.Open(file.Path), file.Path);
            engineSources.AddRange(engines.Read(file, format, again.Content));
        }

        if (scan.HeapCheck.HasCheckerWords || scan.HeapCheck.Notices.Count > 0)
        {
            gperftools.AddLog(file, scan.HeapCheck);
        }
        else if ((scan.Other is null || IsGperftools) && IsStandardError(file))
        {
            silentTexts.Add((file, scan.JemallocWords));
        }
    }

    /// <summary>Where no engine left a word, that itself is the answer.</summary>
    private LeakSource Silent(IReadOnlyList<string> jemallocWords, List<string> paths)
    {
        string? fault = jemallocWords.FirstOrDefault(w => !w.StartsWith("Leak ", StringComparison.Ordinal) && !w.StartsWith("Run jeprof", StringComparison.Ordinal));
        LeakJudgement judgement = fault is not null
            ? new(Verdict.NotChecked, $"jemalloc refused its options or could not write its dump (\"{fault}\"); mend that and run again.", "JemallocRefused")
            : request.Engine switch
            {
                "leaksanitizer" => EngineEvidence.JudgeSilentLeakSanitizer(facts),
                null or "gperftools" => HeapCheckEvidence.Judge(paths.Count == 0 ? null : new HeapCheckLog(), [], facts),
                _ => new(Verdict.NotChecked, $"{request.Engine} wrote no report: it was not in the process, or the process ended before its exit handlers.", "NoReport"),
            };
        return new LeakSource
        {
            Engine = request.Engine ?? "", Judge = (_, _) => judgement, FilePath = request.FilePath, Paths = paths,
        };
    }

    /// <summary>In a folder only what is named as standard error may speak by its silence; other texts (notes, settings, standard output) say nothing.</summary>
    private static bool IsStandardError(ReportFile file) => file.IsNamed || IsStandardErrorName(file);

    private static bool IsStandardErrorName(ReportFile file) => Path.GetFileName(file.Path).Contains("stderr", StringComparison.OrdinalIgnoreCase);
}
