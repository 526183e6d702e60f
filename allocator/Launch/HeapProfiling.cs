using System.Globalization;
using System.Numerics;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>Turns an allocator's own heap profiler on, with its dumps in the run folder.</summary>
internal static class HeapProfiling
{
    private const string Prefix = "heapprofile";

    /// <summary>Variables to set. jemalloc's pairs go behind what MALLOC_CONF has, where the last one wins.</summary>
    /// <exception cref="MemToolsException">HeapProfilerMissing.</exception>
    public static IReadOnlyDictionary<string, string> Variables(
        Allocator? allocator, LaunchRequest request, string dumpDirectory, IReadOnlyDictionary<string, string> environment)
    {
        var variables = new Dictionary<string, string>();
        string prefix = $"{dumpDirectory}/{Prefix}";
        switch (allocator?.Name)
        {
            case "tcmalloc" or "tcmalloc-debug":
                variables["HEAPPROFILE"] = prefix;
                if (request.HeapProfileInterval is { } interval)
                    variables["HEAP_PROFILE_ALLOCATION_INTERVAL"] = interval.ToString(CultureInfo.InvariantCulture);
                return variables;
            case "jemalloc":
                var pairs = new List<string>();
                if (environment.GetValueOrDefault("MALLOC_CONF") is { Length: > 0 } before)
                    pairs.Add(before);
                pairs.Add($"prof:true,prof_final:true,prof_prefix:{prefix}");
                if (request.HeapProfileInterval is { } bytes)
                    pairs.Add(string.Create(CultureInfo.InvariantCulture, $"lg_prof_interval:{BitOperations.Log2((ulong)Math.Max(1, bytes))}"));
                variables["MALLOC_CONF"] = string.Join(',', pairs);
                return variables;
            default:
                throw new MemToolsException(
                    "HeapProfilerMissing", MemToolsErrorCategory.InvalidOperation,
                    $"{allocator?.Name ?? "The program's own allocator"} has no heap profiler.", allocator?.Name,
                    "Use tcmalloc, or a jemalloc that was built with profiling.");
        }
    }

    /// <summary>The dumps in a run folder, in the order in which they were written.</summary>
    public static IReadOnlyList<string> Find(string runPath)
    {
        var files = new List<FileInfo>();
        if (Directory.Exists(runPath))
            files.AddRange(new DirectoryInfo(runPath).EnumerateFiles(Prefix + "*.heap"));
        files.Sort(static (a, b) => a.LastWriteTimeUtc.CompareTo(b.LastWriteTimeUtc) is var order and not 0
            ? order
            : string.CompareOrdinal(a.Name, b.Name));
        return files.ConvertAll(static file => file.FullName);
    }
}
