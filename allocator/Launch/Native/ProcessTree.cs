using System.Globalization;

namespace MemTools.Allocators.Launch.Native;

/// <summary>Who descends from a process, by /proc.</summary>
internal static class ProcessTree
{
    private const int SigKill = 9;
    private const int MaximumRounds = 50;

    /// <summary>Ids of all living descendants, parents first.</summary>
    public static List<int> Descendants(int pid)
    {
        Dictionary<int, List<int>> children = ChildrenByParent();
        var found = new List<int>();
        var queue = new Queue<int>([pid]);
        while (queue.TryDequeue(out int parent))
        {
            if (!children.TryGetValue(parent, out List<int>? own))
                continue;
            foreach (int child in own)
            {
                found.Add(child);
                queue.Enqueue(child);
            }
        }
        return found;
    }

    /// <summary>Ends all descendants; repeated, because one may start another meanwhile.</summary>
    public static void KillDescendants(int pid)
    {
        for (int round = 0; round < MaximumRounds; round++)
        {
            bool any = false;
            foreach (int child in Descendants(pid))
                any |= Libc.kill(child, SigKill) == 0 && ProcessStat.Read(child) is { State: not 'Z' };
            if (!any)
                return;
        }
    }

    private static Dictionary<int, List<int>> ChildrenByParent()
    {
        var children = new Dictionary<int, List<int>>();
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                || ProcessStat.Read(pid) is not { } stat)
                continue;
            if (!children.TryGetValue(stat.Parent, out List<int>? own))
                children[stat.Parent] = own = [];
            own.Add(pid);
        }
        return children;
    }
}
