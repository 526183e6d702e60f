namespace MemTools.Allocators.HeapCheck;

/// <summary>What engines left in a run's folder.</summary>
internal static class ReportFolder
{
    /// <summary>Files of a name pattern, sorted by name; empty when the folder is gone.</summary>
    public static List<string> Find(string runPath, string pattern)
    {
        var files = new List<string>();
        if (Directory.Exists(runPath))
            files.AddRange(Directory.EnumerateFiles(runPath, pattern));
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The number behind a name's last dot, which engines and the shim use for the process; null when there is none.</summary>
    public static int? ProcessOf(string path)
    {
        string name = Path.GetFileName(path);
        int dot = name.LastIndexOf('.');
        return int.TryParse(name.AsSpan(dot + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int pid) ? pid : null;
    }
}
