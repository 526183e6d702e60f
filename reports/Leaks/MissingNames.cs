using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Says of the modules that leaks were found in why there are no names or lines, and what would give them.</summary>
internal static class MissingNames
{
    /// <summary>More modules than this are counted, not described.</summary>
    private const int MaximumModules = 4;

    /// <summary>A warning for each module whose frame stands for a leak without function or line; most bytes first.</summary>
    public static IEnumerable<string> Describe(Profile profile, IReadOnlyList<LeakRecord> leaks)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int more = 0;
        foreach (LeakRecord leak in leaks)
        {
            if (leak.Location is not null || leak.Module is not { } path || !seen.Add(path))
                continue;
            DebugInfoStatus? status = profile.Mappings.FirstOrDefault(m => m.Path == path && m.DebugInfo is not null)?.DebugInfo;
            if (status is not { Missing: { } missing })
                continue;
            if (seen.Count > MaximumModules)
                more++;
            else
                yield return Text(path, status.Level, missing);
        }

        if (more > 0)
            yield return $"{more} more modules have no lines.";
    }

    private static string Text(string path, DebugInfoLevel level, string missing) => level switch
    {
        DebugInfoLevel.None => $"No names in {path}: {missing} was not found here; give it (--binary, -BinaryPath), or its debug information (--symbol-path, DEBUGINFOD_URLS).",
        DebugInfoLevel.DynamicSymbols => $"{path} is stripped, so only exported functions have names; {missing} would give the rest.",
        _ => $"No lines in {path}: {missing} would give them.",
    };
}
