using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.HeapCheck.Shim;

/// <summary>The small library (shim.c) that marks starts and orderly ends and turns mtrace on; it is put beside the run's files and preloaded from there.</summary>
internal static class ExitShim
{
    private const string FileName = "memtools-shim.so";
    private const string Marker = "exited";
    private const string Late = "late-stderr";

    /// <summary>The variable that asks for a marker.</summary>
    public const string Variable = "MEMTOOLS_EXITED";

    /// <summary>The variable that asks for a file in place of a standard error that the program closed.</summary>
    public const string LateVariable = "MEMTOOLS_LATE";

    /// <summary>Why there is no shim for the target; null when there is one.</summary>
    public static string? Problem(ITarget target) =>
        target.Architecture == "x86_64" ? null : $"MemTools' library for it is not built for {target.Architecture}";

    /// <summary>Puts it where the program can load it; null when there is none for the target, or no such place (LD_PRELOAD is split at spaces and colons).</summary>
    public static Task<string?> PlaceAsync(ITarget target, string directory, CancellationToken cancellation) =>
        Problem(target) is null && directory.AsSpan().IndexOfAny(" :\t\n") < 0 ? target.PlaceLibraryAsync(directory, FileName, Read(), cancellation) : Task.FromResult<string?>(null);

    /// <exception cref="MemToolsException">EngineNotAvailable.</exception>
    public static string Require(EngineRequest request, string engine) => request.ShimPath ?? throw new MemToolsException(
        "EngineNotAvailable", MemToolsErrorCategory.NotInstalled,
        $"{engine} needs a library of MemTools' own in the program, and {request.Target.Name} has no directory from which one can be loaded (mounted noexec, read-only, or with a blank or colon in its path).",
        engine, "Give it a writable place without these, or take another engine.");

    /// <summary>Value of MEMTOOLS_EXITED.</summary>
    public static string MarkerPrefix(string folder) => $"{folder}/{Marker}";

    /// <summary>Value of MEMTOOLS_LATE.</summary>
    public static string LatePrefix(string folder) => $"{folder}/{Late}";

    /// <summary>What went to standard error after the program had closed it, a file for each process, in the order of their ends.</summary>
    public static IEnumerable<string> LateErrors(string runPath) =>
        ReportFolder.Find(runPath, Late + ".*").OrderBy(static file => File.GetLastWriteTimeUtc(file)).ThenBy(static file => file, StringComparer.Ordinal);

    /// <summary>Processes that came to an orderly end.</summary>
    public static HashSet<int> Ended(string runPath)
    {
        var pids = new HashSet<int>();
        foreach (string file in ReportFolder.Find(runPath, Marker + ".*"))
            if (ReportFolder.ProcessOf(file) is { } pid)
                pids.Add(pid);
        return pids;
    }

    private static byte[] Read()
    {
        using Stream source = typeof(ExitShim).Assembly.GetManifestResourceStream("shim-x86_64.so")
            ?? throw new MemToolsException("EngineNotAvailable", MemToolsErrorCategory.NotInstalled, "The shim library is missing from this build.", FileName, "Install MemTools again.");
        var bytes = new byte[source.Length];
        source.ReadExactly(bytes);
        return bytes;
    }
}
