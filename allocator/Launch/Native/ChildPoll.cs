namespace MemTools.Allocators.Launch.Native;

/// <summary>Looks at /proc now and then for what descends from a program: sees the long-lived children only.</summary>
internal sealed class ChildPoll : IDisposable
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(500);

    private readonly int pid;
    private readonly Lock gate = new();
    private readonly Dictionary<int, (ChildProcess Child, int Seen)> seen = [];
    private readonly Timer timer;
    private TimeSpan interval = FirstInterval;
    private bool finished;

    public ChildPoll(int pid)
    {
        this.pid = pid;
        timer = new Timer(_ => Look(), null, FirstInterval, Timeout.InfiniteTimeSpan);
    }

    public ChildProcesses Finish()
    {
        lock (gate)
        {
            finished = true;
            var processes = new List<ChildProcess>();
            foreach ((ChildProcess child, int count) in seen.Values)
                // One that is seen once only may be on its way to execute a program, or a helper of the checker's.
                if (count > 1)
                    processes.Add(child);
            return new ChildProcesses(processes, IsComplete: false);
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        string? program = ExecutableOf(pid);
        List<int> descendants = ProcessTree.Descendants(pid);
        lock (gate)
        {
            if (finished)
                return;
            foreach (int child in descendants)
            {
                if (ProcessStat.Read(child) is not { } stat)
                    continue;
                bool same = program is not null && ExecutableOf(child) == program;
                int count = seen.TryGetValue(child, out (ChildProcess Child, int Seen) before) ? before.Seen + 1 : 1;
                seen[child] = (new ChildProcess(child, stat.Parent, stat.Name, same, !same, null), count);
            }
            interval = interval * 2 > LongestInterval ? LongestInterval : interval * 2;
            timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
    }

    private static string? ExecutableOf(int process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/exe").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
