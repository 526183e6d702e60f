using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

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
        var collector = new LeakSourceCollector(request, files, cancellation);
        collector.Read(progress);
        List<LeakReport> reports = [.. collector.Imported];
        foreach (LeakSource source in collector.Sources())
        {
            reports.Add(Build(source, request, files, progress, cancellation));
        }

        return reports;
    }

    private static LeakReport Build(
        LeakSource source, LeakReportRequest request, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<LeakRecord> leaks = [];
        IReadOnlyList<LeakRecord> setAside = [];
        IEnumerable<string> missing = [];
        long bytes = source.Bytes ?? 0;
        long objects = source.Objects ?? 0;
        if (source.Profile is { } profile)
        {
            Name(source, profile, request, files, progress, cancellation);
            var builder = new LeakRecordBuilder(profile);
            leaks = builder.Build(source.Kind, progress, cancellation);
            if (source.SetAsideRuntimeMemory)
            {
                setAside = [.. leaks.Where(RuntimeMemory.Owns).Select(r => r with { Status = LeakStatus.Suppressed })];
                leaks = [.. leaks.Where(r => !RuntimeMemory.Owns(r))];
            }

            if (request.Symbolize)
            {
                missing = MissingNames.Describe(profile, leaks);
            }

            if (source.Bytes is null)
            {
                bytes = leaks.Sum(l => l.Bytes);
                objects = leaks.Sum(l => l.Objects);
            }
        }

        LeakJudgement judgement = source.Judge(bytes, objects);
        return new LeakReport
        {
            Run = request.Run,
            Engine = source.Engine,
            Check = source.Check,
            Verdict = judgement.Verdict,
            VerdictReason = judgement.Reason,
            ProcessId = source.ProcessId,
            FilePath = source.FilePath,
            Bytes = bytes,
            Objects = objects,
            Leaks = leaks,
            Suppressed = setAside,
            Warnings = [.. source.Warnings, .. source.Profile?.Warnings ?? [], .. missing],
            Paths = source.Paths,
        };
    }

    private static void Name(
        LeakSource source, Profile profile, LeakReportRequest request, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        if (request.Symbolize)
        {
            ProfileSymbolizer.Symbolize(profile, request.Symbols, files, progress, cancellation);
        }

        foreach ((int location, Line[] lines) in source.Fallbacks)
        {
            if (profile.Locations[location].Lines.Length == 0)
            {
                profile.Locations[location].Lines = lines;
            }
        }
    }
}
