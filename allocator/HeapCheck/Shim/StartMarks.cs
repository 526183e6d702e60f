using System.Globalization;
using MemTools.Allocators.Launch;

namespace MemTools.Allocators.HeapCheck.Shim;

/// <summary>
/// The processes of a run as the shim saw them start: <c>started.PID</c> holds <c>program PARENT PATH</c> or <c>forked PARENT PATH</c>. Used where the kernel cannot be
/// asked, in containers; process ids are the container's. A child that was forked and then executed a program that drops the preload still counts as forked.
/// </summary>
internal static class StartMarks
{
    private const string Marker = "started";
    private const int MaxProcesses = 10_000;

    private sealed record Mark(int ProcessId, int Parent, bool Forked, string Path);

    /// <summary>Value of MEMTOOLS_STARTED.</summary>
    public static string MarkerPrefix(string folder) => $"{folder}/{Marker}";

    /// <summary>
    /// The run with its program's process id, and the program's descendants; unchanged and null where there are no marks. Where an entry point stands before the
    /// program, its process is the one that runs its file; when several do, any of them may be the one, and all count as running the program's code.
    /// </summary>
    public static (AllocatorRun Run, ChildProcesses? Children) Read(AllocatorRun run, string runPath)
    {
        List<Mark> marks = [.. ReportFolder.Find(runPath, Marker + ".*").Take(MaxProcesses).Select(Parse).OfType<Mark>().OrderBy(static m => m.ProcessId)];
        if (marks.Count == 0)
            return (run, null);
        string name = Path.GetFileName(run.FilePath);
        var programs = new HashSet<int>();
        if (run.ProcessId is > 0 and int known)
        {
            programs.Add(known);
        }
        else
        {
            List<Mark> loaded = [.. marks.Where(static m => !m.Forked)];
            List<Mark> same = [.. loaded.Where(m => Path.GetFileName(m.Path) == name)];
            // A script's process runs its interpreter.
            programs.UnionWith((same.Count > 0 ? same : loaded).Select(static m => m.ProcessId));
            if (programs.Count > 0)
                run = run with { ProcessId = programs.Min() };
        }

        var byId = marks.ToDictionary(static m => m.ProcessId);
        var children = new List<ChildProcess>();
        foreach (Mark mark in marks)
        {
            if (mark.ProcessId != run.ProcessId)
                children.Add(new ChildProcess(mark.ProcessId, mark.Parent, Path.GetFileName(mark.Path), IsOwnCode(mark, byId, programs), Executed: !mark.Forked, Duration: null));
        }

        return (run, new ChildProcesses(children, IsComplete: true));
    }

    /// <summary>True for the program itself, and for forks of it with nothing executed in between.</summary>
    private static bool IsOwnCode(Mark mark, Dictionary<int, Mark> marks, HashSet<int> programs)
    {
        for (int depth = 0; depth < MaxProcesses; depth++)
        {
            if (programs.Contains(mark.ProcessId))
                return true;
            if (!mark.Forked)
                return false;
            if (!marks.TryGetValue(mark.Parent, out Mark? parent))
                return true; // its parent ended first and init took it over, as daemons do it
            mark = parent;
        }

        return true;
    }

    private static Mark? Parse(string file)
    {
        if (ReportFolder.ProcessOf(file) is not { } pid)
            return null;
        const int enough = 5000;
        using var reader = new StreamReader(file);
        var room = new char[enough];
        string[] words = new string(room, 0, reader.ReadBlock(room)).TrimEnd('\n').Split(' ', 3);
        return words.Length == 3 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent)
            ? new Mark(pid, parent, words[0] == "forked", words[2])
            : new Mark(pid, 0, true, ""); // a full disk: that there was a process is all that is known
    }
}
