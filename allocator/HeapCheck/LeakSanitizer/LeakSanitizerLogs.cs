using System.Globalization;

namespace MemTools.Allocators.HeapCheck.LeakSanitizer;

/// <summary>
/// What the log_path files of a run prove. With <c>log_threads=1</c> the check itself names the threads whose stacks it looks at, in the file of
/// the process that it checks: a file with such a line, and only that, shows that the check ran there.
/// </summary>
/// <param name="Checked">Processes whose check ran to its end.</param>
/// <param name="Speaking">Files with a leak report or an error, to be read.</param>
internal sealed record LeakSanitizerLogs(IReadOnlySet<int> Checked, IReadOnlyList<string> Speaking)
{
    /// <summary>Start of the files' names; the process id follows.</summary>
    public const string Prefix = "lsan";

    private const int MaximumLines = 100_000;

    /// <summary>Looks through the files.</summary>
    public static LeakSanitizerLogs Read(string runPath)
    {
        var done = new HashSet<int>();
        var speaking = new List<string>();
        foreach (string file in ReportFolder.Find(runPath, Prefix + ".*"))
        {
            if (ReportFolder.ProcessOf(file) is not { } pid)
                continue;
            (bool ran, bool speaks) = Scan(file);
            if (speaks)
                speaking.Add(file);
            if (ran)
                done.Add(pid);
        }
        return new LeakSanitizerLogs(done, speaking);
    }

    private static (bool Ran, bool Speaks) Scan(string file)
    {
        bool ran = false;
        int count = 0;
        foreach (string line in File.ReadLines(file))
        {
            if (line.Contains("ERROR: ", StringComparison.Ordinal) || line.Contains("has encountered a fatal error", StringComparison.Ordinal))
                return (ran, true);
            ran |= IsMarker(line);
            if (++count > MaximumLines)
                break;
        }
        return (ran, false);
    }

    /// <summary><c>==TRACER==Processing thread TID.</c> (lsan_common.cpp, ProcessThreads)</summary>
    private static bool IsMarker(string line)
    {
        const string words = "==Processing thread ";
        int at = line.IndexOf(words, StringComparison.Ordinal);
        return line.StartsWith("==", StringComparison.Ordinal) && at > 2 && line.EndsWith('.')
            && ulong.TryParse(line.AsSpan(at + words.Length, line.Length - at - words.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
