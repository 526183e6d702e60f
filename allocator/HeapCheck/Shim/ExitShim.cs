using System.Runtime.InteropServices;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.HeapCheck.Shim;

/// <summary>The small library (shim.c) that marks orderly ends and turns mtrace on; it is written into the run's folder and preloaded from there.</summary>
internal static class ExitShim
{
    private const string FileName = "memtools-shim.so";
    private const string Marker = "exited";

    /// <summary>The variable that asks for a marker.</summary>
    public const string Variable = "MEMTOOLS_EXITED";

    /// <summary>Why there is no shim for the target; null when there is one.</summary>
    public static string? Problem(ITarget target) =>
        target is not LocalTarget ? "it needs a library of MemTools' own in the program, which only works on this machine"
        : RuntimeInformation.ProcessArchitecture != Architecture.X64 ? $"MemTools' library for it is not built for {target.Architecture}"
        : null;

    /// <summary>True when a library in the folder can stand in LD_PRELOAD, which spaces and colons split.</summary>
    public static bool CanPreloadFrom(string folder) => folder.AsSpan().IndexOfAny(" :\t\n") < 0;

    /// <summary>Writes it into the folder; returns its path.</summary>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        using Stream source = typeof(ExitShim).Assembly.GetManifestResourceStream("shim-x86_64.so")
            ?? throw new MemToolsException("EngineNotAvailable", MemToolsErrorCategory.NotInstalled, "The shim library is missing from this build.", path, "Install MemTools again.");
        using FileStream file = PrivateFiles.OpenAppend(path);
        source.CopyTo(file);
        return path;
    }

    /// <summary>Value of MEMTOOLS_EXITED.</summary>
    public static string MarkerPrefix(string folder) => $"{folder}/{Marker}";

    /// <summary>Processes that came to an orderly end.</summary>
    public static HashSet<int> Ended(string runPath)
    {
        var pids = new HashSet<int>();
        foreach (string file in ReportFolder.Find(runPath, Marker + ".*"))
            if (ReportFolder.ProcessOf(file) is { } pid)
                pids.Add(pid);
        return pids;
    }
}
