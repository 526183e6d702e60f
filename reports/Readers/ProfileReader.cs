using MemTools.Reports.Compare;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Readers.Callgrind;
using MemTools.Reports.Readers.Massif;
using MemTools.Reports.Readers.Pprof;

namespace MemTools.Reports.Readers;

/// <summary>Reads profiles of every known format, recognised by content.</summary>
public static class ProfileReader
{
    /// <summary>Reads one file.</summary>
    /// <exception cref="MemToolsException">ReportNotFound, ProfileFormatUnknown, or what the format's reader says.</exception>
    public static Profile Read(string path, CancellationToken cancellation)
    {
        using FileStream stream = Open(path);
        return Read(stream, path, cancellation);
    }

    /// <summary>Reads one stream.</summary>
    public static Profile Read(Stream input, string name, CancellationToken cancellation)
    {
        using ReportStream report = ReportStream.Open(input, name);
        switch (report.Format)
        {
            case ReportFormat.HeapFile:
                return HeapFileReader.Read(report.Content, name, cancellation);
            case ReportFormat.JemallocHeap:
                return JemallocHeapReader.Read(report.Content, name, cancellation);
            case ReportFormat.Heaptrack:
                return HeaptrackReader.Read(report.Content, name, cancellation).Profile;
            case ReportFormat.Mtrace:
                return MtraceReader.Read(report.Content, name, cancellation).Profile;
            case ReportFormat.ValgrindXml:
                return ValgrindXmlReader.Read(report.Content, name, cancellation).Profile;
            case ReportFormat.ValgrindText:
                return MergeProcesses(ValgrindTextReader.Read(report.Content, name, cancellation), name, cancellation);
            case ReportFormat.LeakSanitizer:
                return MergeProcesses(LeakSanitizerReader.Read(report.Content, name, cancellation), name, cancellation);
        }

        byte[] beginning = report.Beginning;
        if (report.IsPacked || PprofReader.Recognizes(beginning))
            return PprofReader.Read(report.Content, name, cancellation);
        if (CpuProfileReader.Recognizes(beginning))
            return CpuProfileReader.Read(report.Content, name, cancellation);
        if (ContentionReader.Recognizes(beginning))
            return ContentionReader.Read(report.Content, name, cancellation);
        if (MassifReader.Recognizes(beginning))
            return MassifReader.Read(report.Content, name, cancellation);
        if (CallgrindReader.Recognizes(beginning))
            return CallgrindReader.Read(report.Content, name, cancellation);
        if (CollapsedReader.Recognizes(beginning))
            return CollapsedReader.Read(report.Content, name, cancellation);
        throw new MemToolsException(
            "ProfileFormatUnknown", MemToolsErrorCategory.InvalidData,
            beginning.Length == 0 ? $"{name} is empty." : $"{name} is no heap profile that is known.", name,
            "Give a gperftools or jemalloc heap profile, a pprof file (.pb.gz), collapsed stacks, or a report of LeakSanitizer, valgrind, mtrace or heaptrack; docs/report.md lists the formats.");
    }

    /// <summary>Reads several files of one kind and adds them up.</summary>
    public static Profile ReadAll(IReadOnlyList<string> paths, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        var profiles = new List<Profile>(paths.Count);
        foreach (string path in paths)
        {
            progress?.Report(new ProgressStep("Reading", (double)profiles.Count / paths.Count, path));
            profiles.Add(Read(path, cancellation));
        }

        return profiles.Count == 1 ? profiles[0] : ProfileMath.Merge(profiles, cancellation);
    }

    private static Profile MergeProcesses(IReadOnlyList<EngineLeaks> processes, string name, CancellationToken cancellation) =>
        processes.Count == 0
            ? throw ReportErrors.Unrecognized(name, "it holds an engine's words but no report")
            : ProfileMath.Merge([.. processes.Select(p => p.Profile)], cancellation);

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "ReportNotFound", error is UnauthorizedAccessException ? MemToolsErrorCategory.PermissionDenied : MemToolsErrorCategory.ObjectNotFound,
                $"{path} cannot be read: {error.Message}", path, "Check the path and its permissions.", error);
        }
    }
}
