using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Writers;

namespace MemTools.Reports.Leaks;

/// <summary>Reads leak reports of any engine: files in, one <see cref="LeakReport"/> per check of each process out.</summary>
public static class LeakReports
{
    /// <summary>
    /// Reads the files and folders of the request. Files are recognised by content; files of the same process and check are put together
    /// (gperftools' standard error and its <c>*-end.heap</c>). In a folder, files that no engine wrote are passed over; when none is left the
    /// answer is one report with verdict NotChecked.
    /// </summary>
    /// <exception cref="Errors.MemToolsException"><c>ReportNotFound</c>, <c>ReportUnreadable</c>, <c>ReportUnrecognized</c>, <c>ReportMalformed</c>.</exception>
    public static IReadOnlyList<LeakReport> Read(
        LeakReportRequest request, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(files);
        var reports = new List<LeakReport>();
        List<LeakSource> sources = Collect(request, reports, files, progress, cancellation);
        foreach (LeakSource source in sources)
        {
            reports.Add(Build(source, request, files, progress, cancellation));
        }

        return reports;
    }

    private static List<LeakSource> Collect(
        LeakReportRequest request, List<LeakReport> imported, IFileSource source, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        List<ReportFile> expanded = ReportFiles.Expand(request.Paths);
        var gperftools = new GperftoolsSources(request.Facts ?? ProcessFacts.Unknown, request.FilePath, source, cancellation);
        var texts = new List<ReportFile>();
        for (int i = 0; i < expanded.Count; i++)
        {
            ReportFile file = expanded[i];
            progress?.Report(new ProgressStep("Reading report", (double)i / expanded.Count, file.Path));
            cancellation.ThrowIfCancellationRequested();
            ReportFormat format = Recognize(file);
            switch (format)
            {
                case ReportFormat.HeapFile:
                    gperftools.AddHeapFile(file);
                    break;
                case ReportFormat.HeapCheckLog or ReportFormat.Text when IsStandardError(file) || format == ReportFormat.HeapCheckLog:
                    HeapCheckLog log = ReadLog(file, cancellation);
                    if (log.HasCheckerWords || log.Notices.Count > 0)
                    {
                        gperftools.AddLog(file, log);
                    }
                    else if (IsStandardError(file))
                    {
                        texts.Add(file);
                    }

                    break;
                case ReportFormat.LeakReportJson when file.IsNamed:
                    using (FileStream stream = ReportFiles.Open(file.Path))
                    {
                        imported.AddRange(LeakReportJson.Read(stream, file.Path, cancellation));
                    }

                    break;
                case ReportFormat.Empty when IsStandardError(file):
                    texts.Add(file);
                    break;
                case ReportFormat.Empty when file.IsNamed:
                    throw ReportErrors.Unrecognized(file.Path, "the file is empty");
                case ReportFormat.Binary when file.IsNamed:
                    throw ReportErrors.Unrecognized(file.Path, "it is binary data of no known format");
            }
        }

        List<LeakSource> sources = [.. gperftools.Collect()];
        AddSilent(sources, texts, request, imported.Count > 0);
        return sources;
    }

    /// <summary>Where no engine left a word, that itself is the answer: not checked.</summary>
    private static void AddSilent(List<LeakSource> sources, List<ReportFile> texts, LeakReportRequest request, bool hasImported)
    {
        foreach (ReportFile text in texts.Where(t => t.IsNamed || sources.Count == 0))
        {
            sources.Add(new LeakSource
            {
                Engine = "",
                Judgement = HeapCheckEvidence.Judge(new HeapCheckLog(), [], request.Facts ?? ProcessFacts.Unknown),
                FilePath = request.FilePath,
                Paths = [text.Path],
            });
        }

        if (sources.Count == 0 && !hasImported)
        {
            sources.Add(new LeakSource
            {
                Engine = "",
                Judgement = HeapCheckEvidence.Judge(null, [], request.Facts ?? ProcessFacts.Unknown),
                FilePath = request.FilePath,
                Paths = [.. request.Paths],
            });
        }
    }

    /// <summary>In a folder only what is named as standard error may speak by its silence; other texts (notes, settings, standard output) say nothing.</summary>
    private static bool IsStandardError(ReportFile file) =>
        file.IsNamed || Path.GetFileName(file.Path).Contains("stderr", StringComparison.OrdinalIgnoreCase);

    private static ReportFormat Recognize(ReportFile file)
    {
        using FileStream stream = ReportFiles.Open(file.Path);
        byte[] beginning = new byte[ReportFormats.BeginningLength];
        return ReportFormats.Recognize(beginning.AsSpan(0, stream.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false)));
    }

    private static HeapCheckLog ReadLog(ReportFile file, CancellationToken cancellation)
    {
        using FileStream stream = ReportFiles.Open(file.Path);
        return HeapCheckLogReader.Read(stream, cancellation);
    }

    private static LeakReport Build(
        LeakSource source, LeakReportRequest request, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<LeakRecord> leaks = [];
        (long Objects, long Bytes) totals = (0, 0);
        if (source.Profile is { } profile)
        {
            if (request.Symbolize)
            {
                ProfileSymbolizer.Symbolize(profile, request.Symbols, files, progress, cancellation);
            }

            var builder = new LeakRecordBuilder(profile);
            totals = builder.Totals();
            leaks = builder.Build(source.Kind, cancellation);
        }

        return new LeakReport
        {
            Run = request.Run,
            Engine = source.Engine,
            Check = source.Check,
            Verdict = source.Judgement.Verdict,
            VerdictReason = source.Judgement.Reason,
            ProcessId = source.ProcessId,
            FilePath = source.FilePath,
            Bytes = source.Bytes ?? totals.Bytes,
            Objects = source.Objects ?? totals.Objects,
            Leaks = leaks,
            Warnings = [.. source.Warnings, .. source.Profile?.Warnings ?? []],
            Paths = source.Paths,
        };
    }
}
