using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Leaks;

/// <summary>Turns what the readers of the other engines found into sources of reports.</summary>
internal sealed class EngineSources(LeakReportRequest request, IFileSource files, CancellationToken cancellation)
{
    private readonly ProcessFacts facts = request.Facts ?? ProcessFacts.Unknown;

    private bool CountsReachable => request.IncludeReachable || facts.Mode == "draconian";

    /// <summary>Reads a file of a format that is one engine's alone.</summary>
    public IEnumerable<LeakSource> Read(ReportFile file, ReportFormat format, Stream content) => format switch
    {
        ReportFormat.JemallocHeap => [FromJemalloc(file, JemallocHeapReader.Read(content, file.Path, cancellation))],
        ReportFormat.LeakSanitizer => [.. LeakSanitizerReader.Read(content, file.Path, cancellation).Select(l => From(file, l))],
        ReportFormat.ValgrindXml => [From(file, ValgrindXmlReader.Read(content, file.Path, cancellation))],
        ReportFormat.ValgrindText => [.. ValgrindTextReader.Read(content, file.Path, cancellation).Select(l => From(file, l))],
        ReportFormat.Mtrace => [From(file, MtraceReader.Read(content, file.Path, cancellation))],
        ReportFormat.Heaptrack => [From(file, HeaptrackReader.Read(content, file.Path, cancellation))],
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>jemalloc's prof_leak_error leaves its final dump empty.</summary>
    public LeakSource FromEmptyJemalloc(ReportFile file) => new()
    {
        Engine = "jemalloc",
        ProcessId = JemallocFileName.Parse(file.Path)?.ProcessId,
        FilePath = request.FilePath,
        Judge = (_, _) => new LeakJudgement(
            Verdict.NotChecked,
            "jemalloc's final dump is empty: its option prof_leak_error ends the process before the dump is written (a known fault), or the disk was full; leave that option out.",
            "EmptyDump"),
        Paths = [file.Path],
    };

    private LeakSource From(ReportFile file, EngineLeaks leaks)
    {
        if (leaks.Engine == "valgrind" && leaks is { Failure: null, Objects: 0 } && IsStatic(leaks.FilePath ?? request.FilePath))
        {
            leaks = leaks.WithFailure(ValgrindDocument.StaticProgram);
        }

        bool liveOnly = leaks.Engine is "mtrace" or "heaptrack";
        return new LeakSource
        {
            Engine = leaks.Engine,
            ProcessId = leaks.ProcessId,
            FilePath = leaks.FilePath ?? request.FilePath,
            Judge = (bytes, objects) => EngineEvidence.Judge(leaks, bytes, objects, facts),
            Bytes = HasTotals(leaks) ? leaks.Bytes : null,
            Objects = HasTotals(leaks) ? leaks.Objects : null,
            Profile = CountsReachable ? leaks.Profile : WithoutReachable(leaks.Profile),
            Fallbacks = leaks.Fallbacks,
            Kind = liveOnly ? LeakKind.StillLive : LeakKind.Lost,
            SetAsideRuntimeMemory = leaks.Engine == "heaptrack",
            Paths = [file.Path],
        };
    }

    private LeakSource FromJemalloc(ReportFile file, Profile profile)
    {
        JemallocFileName? name = JemallocFileName.Parse(file.Path);
        bool final = name is null or { Kind: 'f' };
        var leaks = new EngineLeaks
        {
            Engine = "jemalloc", Profile = profile, IsComplete = final && profile.Warnings.Count == 0,
            Failure = final ? null : "The file is a profile taken while the process ran, not the final dump",
        };
        return new LeakSource
        {
            Engine = "jemalloc",
            ProcessId = name?.ProcessId,
            FilePath = request.FilePath,
            Judge = (bytes, objects) => EngineEvidence.Judge(leaks, bytes, objects, facts),
            Profile = profile,
            Kind = LeakKind.StillLive,
            SetAsideRuntimeMemory = true,
            Paths = [file.Path],
        };
    }

    /// <summary>Engines whose own sum may be more than they list. Reachable memory is not in it.</summary>
    private bool HasTotals(EngineLeaks leaks) => leaks.Engine == "leaksanitizer" || (leaks.Engine == "valgrind" && !(CountsReachable && leaks.Profile.Samples.Count > 0));

    /// <summary>True when the program can be read here and is linked statically.</summary>
    private bool IsStatic(string? program)
    {
        if (program is null)
        {
            return false;
        }

        string? binary = request.Symbols.BinaryPaths.FirstOrDefault(b => Path.GetFileName(b) == Path.GetFileName(program)) ?? files.Fetch(program, cancellation);
        using ElfFile? elf = binary is null ? null : ElfFile.TryOpen(binary, out _);
        return facts.IsStatic || elf is { IsStatic: true };
    }

    private static Profile WithoutReachable(Profile profile)
    {
        profile.Samples.RemoveAll(s => s.Labels is not null && s.Labels.GetValueOrDefault("kind") == nameof(LeakKind.Reachable));
        return profile;
    }
}
