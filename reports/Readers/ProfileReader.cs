using MemTools.Reports.Compare;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Readers.Callgrind;
using MemTools.Reports.Readers.Json;
using MemTools.Reports.Readers.Massif;
using MemTools.Reports.Readers.Pprof;
using MemTools.Reports.Writers;

namespace MemTools.Reports.Readers;

/// <summary>What a reader of profiles may do beside reading all of a file.</summary>
public sealed record ProfileReadOptions
{
    /// <summary>Only what this thread allocated, where the format tells threads apart (jemalloc's); null for all.</summary>
    public int? Thread { get; init; }

    /// <summary>Gets how far the reading is.</summary>
    public IProgress<ProgressStep>? Progress { get; init; }
}

/// <summary>Reads profiles of every known format, recognised by content.</summary>
public static class ProfileReader
{
    private delegate bool Recognizer(ReadOnlySpan<byte> beginning);

    /// <summary>Formats that no leak engine writes, in the order in which they are tried: those with a magic number first.</summary>
    private static readonly (Recognizer Recognizes, Func<Stream, string, CancellationToken, Profile> Read)[] Formats =
    [
        (CpuProfileReader.Recognizes, CpuProfileReader.Read),
        (GoCountReader.Recognizes, GoCountReader.Read),
        (ContentionReader.Recognizes, ContentionReader.Read),
        (MassifReader.Recognizes, MassifReader.Read),
        (CallgrindReader.Recognizes, CallgrindReader.Read),
        (ProfileJsonReader.Recognizes, ProfileJsonReader.Read),
        (CollapsedReader.Recognizes, CollapsedReader.Read),
        (PprofReader.Recognizes, PprofReader.Read),
    ];

    /// <summary>Reads one file.</summary>
    /// <exception cref="MemToolsException">ReportNotFound, ProfileFormatUnknown, or what the format's reader says.</exception>
    public static Profile Read(string path, CancellationToken cancellation) => Read(path, new ProfileReadOptions(), cancellation);

    /// <summary>Reads one file.</summary>
    /// <exception cref="MemToolsException">ReportNotFound, ProfileFormatUnknown, or what the format's reader says.</exception>
    public static Profile Read(string path, ProfileReadOptions options, CancellationToken cancellation)
    {
        using FileStream stream = Open(path, cancellation);
        return Read(stream, path, options, cancellation);
    }

    /// <summary>Reads one stream.</summary>
    public static Profile Read(Stream input, string name, ProfileReadOptions options, CancellationToken cancellation)
    {
        using var watched = new WatchedStream(input, name, options.Progress, cancellation);
        using ReportStream report = ReportStream.Open(watched, name);
        switch (report.Format)
        {
            case ReportFormat.HeapFile:
                return HeapFileReader.Read(report.Content, name, cancellation);
            case ReportFormat.JemallocHeap:
                return JemallocHeapReader.Read(report.Content, name, options.Thread, cancellation);
            case ReportFormat.HeapCheckLog:
                return MergeChecks(HeapCheckLogReader.Read(report.Content, cancellation), name, cancellation);
            case ReportFormat.Heaptrack:
                return HeaptrackReader.ReadProfile(report.Content, name, cancellation);
            case ReportFormat.Mtrace:
                return MtraceReader.Read(report.Content, name, cancellation).Profile;
            case ReportFormat.ValgrindXml:
                return ValgrindXmlReader.Read(report.Content, name, cancellation).Profile;
            case ReportFormat.ValgrindText:
                return MergeProcesses(ValgrindTextReader.Read(report.Content, name, cancellation), name, cancellation);
            case ReportFormat.LeakSanitizer:
                return MergeProcesses(LeakSanitizerReader.Read(report.Content, name, cancellation), name, cancellation);
            case ReportFormat.LeakReportJson:
                return LeakReportProfile.Of(LeakReportJson.Read(report.Content, name, cancellation));
        }

        byte[] beginning = report.Beginning;
        foreach ((Recognizer recognizes, Func<Stream, string, CancellationToken, Profile> read) in Formats)
        {
            if (recognizes(beginning))
                return read(report.Content, name, cancellation);
        }

        throw new MemToolsException(
            "ProfileFormatUnknown", MemToolsErrorCategory.InvalidData,
            beginning.Length == 0 ? $"{name} is empty." : $"{name} is no heap profile that is known.", name,
            "Give a gperftools or jemalloc heap profile, a pprof file (.pb.gz), collapsed stacks, or a report of LeakSanitizer, valgrind, mtrace or heaptrack; docs/report.md lists the formats.");
    }

    /// <summary>Reads several files of one kind and adds them up.</summary>
    public static Profile ReadAll(IReadOnlyList<string> paths, ProfileReadOptions options, CancellationToken cancellation)
    {
        var profiles = new List<Profile>(paths.Count);
        foreach (string path in paths)
            profiles.Add(Read(path, options, cancellation));
        return profiles.Count == 1 ? profiles[0] : ProfileMath.Merge(profiles, cancellation);
    }

    private static Profile MergeProcesses(IReadOnlyList<EngineLeaks> processes, string name, CancellationToken cancellation) =>
        Merge([.. processes.Select(p => p.Profile)], name, cancellation);

    private static Profile MergeChecks(HeapCheckLog log, string name, CancellationToken cancellation) =>
        Merge([.. log.Checks.Select(check => HeapCheckTextProfile.Of(check))], name, cancellation);

    private static Profile Merge(List<Profile> profiles, string name, CancellationToken cancellation) => profiles.Count switch
    {
        0 => throw ReportErrors.Unrecognized(name, "it holds an engine's words but no report"),
        1 => profiles[0],
        _ => ProfileMath.Merge(profiles, cancellation),
    };

    /// <summary>Opening a named pipe waits for its writer, so it must not hold the caller when the user gives up.</summary>
    private static FileStream Open(string path, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        try
        {
            return Task.Run(() => new FileStream(path, options), CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "ReportNotFound", error is UnauthorizedAccessException ? MemToolsErrorCategory.PermissionDenied : MemToolsErrorCategory.ObjectNotFound,
                $"{path} cannot be read: {error.Message}", path, "Check the path and its permissions.", error);
        }
    }
}
