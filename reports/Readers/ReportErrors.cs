using MemTools.Reports.Errors;

namespace MemTools.Reports.Readers;

/// <summary>The errors that readers of reports throw.</summary>
internal static class ReportErrors
{
    /// <summary>A line does not follow the format.</summary>
    public static MemToolsException Malformed(string name, long line, long offset, string what, Exception? inner = null) => new(
        "ReportMalformed", MemToolsErrorCategory.ParserError,
        $"{name}, line {line} (byte {offset}): {what}", name,
        "Give the file as the engine wrote it; if it was copied or edited, take the original.", inner);

    /// <summary>A JSON document has something else at a place (as JSONPath) than its contract says.</summary>
    public static MemToolsException Wrong(string name, string place, string expected) => new(
        "ReportMalformed", MemToolsErrorCategory.ParserError, $"{name}, at {place}: expected {expected}", name,
        "Give the file as MemTools wrote it; docs/json.md describes it.");

    /// <summary>A binary format is broken at an offset.</summary>
    public static MemToolsException Malformed(string name, long offset, string what, Exception? inner = null) => new(
        "ReportMalformed", MemToolsErrorCategory.ParserError, $"{name}, byte {offset}: {what}", name,
        "Give the file as the engine wrote it; if it was copied or edited, take the original.", inner);

    /// <summary>Nothing in the file tells which engine wrote it.</summary>
    public static MemToolsException Unrecognized(string name, string found) => new(
        "ReportUnrecognized", MemToolsErrorCategory.InvalidData, $"{name} is no report of a known engine: {found}", name,
        "Give a leak report or heap profile that an engine wrote: gperftools' *.heap or standard error, LeakSanitizer text, valgrind XML or text, jemalloc heap_v2, an mtrace log, or a heaptrack file.");

    /// <summary>The file is not there.</summary>
    public static MemToolsException NotFound(string path) => new(
        "ReportNotFound", MemToolsErrorCategory.ObjectNotFound, $"There is no report file or folder {path}.", path,
        "Check the path; list the runs that are kept with Get-AllocatorRun (memtools runs).");

    /// <summary>The file is there and cannot be read.</summary>
    public static MemToolsException Unreadable(string path, Exception inner) => new(
        "ReportUnreadable", MemToolsErrorCategory.ReadError, $"{path} cannot be read: {inner.Message}", path,
        "Check the permissions of the file and of its folder.", inner);
}
