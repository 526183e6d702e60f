using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MemTools.Allocators.Launch.Native;

/// <summary>
/// Sees which processes a program starts, without slowing or changing it: by the kernel's task records, opened on the thread that starts the program so that not
/// even the first fork is missed. Where the kernel refuses them, by looking at /proc now and then, which misses short-lived ones.
/// </summary>
internal sealed unsafe class ChildWatcher : IDisposable
{
    private const uint Lost = 2;
    private const uint Comm = 3;
    private const uint Exit = 4;
    private const uint Fork = 7;
    private const ushort CommExec = 1 << 13;

    /// <summary>Processes of one run that are remembered one by one.</summary>
    private const int MaximumProcesses = 100_000;

    private readonly List<PerfRing> rings = [];
    private readonly List<TaskRecord> records = [];
    private readonly int stopEvent = -1;
    private Thread? drain;
    private ChildPoll? poll;
    private bool incomplete;

    /// <summary>Opens the rings; on the thread that will start the program.</summary>
    public ChildWatcher()
    {
        foreach (int processor in Processors())
        {
            if (PerfRing.TryOpen(processor) is { } ring)
            {
                rings.Add(ring);
                continue;
            }
            Close();
            return;
        }
        stopEvent = Libc.eventfd(0, Libc.O_CLOEXEC);
    }

    /// <summary>Begins to empty the rings; after the program was started.</summary>
    public void Start(int pid)
    {
        if (rings.Count == 0)
        {
            poll = new ChildPoll(pid);
            return;
        }
        drain = new Thread(DrainLoop, 128 * 1024) { IsBackground = true, Name = "memtools children" };
        drain.Start();
    }

    /// <summary>What was seen; to be called while the program is a zombie.</summary>
    /// <param name="pid">The program.</param>
    public ChildProcesses Finish(int pid)
    {
        if (poll is not null)
            return poll.Finish();
        StopDraining();
        DrainAll();
        return Evaluate(pid);
    }

    public void Dispose()
    {
        poll?.Dispose();
        StopDraining();
        Close();
        if (stopEvent >= 0)
            _ = Libc.close(stopEvent);
    }

    private ChildProcesses Evaluate(int pid)
    {
        // Each processor has its own ring: records are in order only by their time.
        records.Sort(static (a, b) => a.Time.CompareTo(b.Time));
        var known = new Dictionary<int, ChildState>();
        var order = new List<ChildState>();
        string programName = "";
        int replaced = -1; // The program's own first exec.
        foreach (TaskRecord record in records)
        {
            switch (record.Type)
            {
                case Fork when record.Pid != pid && (record.Parent == pid || known.ContainsKey(record.Parent)):
                    bool other = known.TryGetValue(record.Parent, out ChildState? parent) && parent.IsOther;
                    var child = new ChildState(record.Pid, record.Parent, parent?.Name ?? programName) { IsOther = other, Start = record.Time };
                    known[record.Pid] = child;
                    order.Add(child);
                    break;
                case Comm when record.Pid == pid:
                    programName = record.Name;
                    replaced += record.IsExec ? 1 : 0;
                    break;
                case Comm when known.TryGetValue(record.Pid, out ChildState? named):
                    named.Name = record.Name;
                    replaced += record.IsExec && named.HasExecuted ? 1 : 0;
                    named.HasExecuted |= record.IsExec;
                    named.IsOther |= record.IsExec;
                    break;
                case Exit when known.TryGetValue(record.Pid, out ChildState? gone):
                    gone.Duration = TimeSpan.FromTicks((long)(record.Time - gone.Start) / 100);
                    break;
            }
        }
        var processes = new List<ChildProcess>(order.Count);
        foreach (ChildState state in order)
            processes.Add(new ChildProcess(state.Pid, state.Parent, state.Name, !state.IsOther, state.HasExecuted, state.Duration));
        return new ChildProcesses(processes, !incomplete, ReplacedImages: Math.Max(0, replaced));
    }

    private void Take(uint type, ushort misc, ReadOnlySpan<byte> body)
    {
        if (records.Count >= 3 * MaximumProcesses)
        {
            incomplete = true;
            return;
        }
        switch (type)
        {
            case Fork or Exit when body.Length >= 24:
                int pid = BinaryPrimitives.ReadInt32LittleEndian(body);
                int parent = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
                int thread = BinaryPrimitives.ReadInt32LittleEndian(body[8..]);
                ulong time = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]);
                // Threads have their process's id.
                if (pid == thread && (type == Exit || pid != parent))
                    records.Add(new TaskRecord(type, time, pid, parent, "", false));
                break;
            case Comm when body.Length >= 8 && BinaryPrimitives.ReadInt32LittleEndian(body) == BinaryPrimitives.ReadInt32LittleEndian(body[4..]):
                ReadOnlySpan<byte> name = body[8..^SampleIdSize];
                int end = name.IndexOf((byte)0);
                records.Add(new TaskRecord(
                    type, BinaryPrimitives.ReadUInt64LittleEndian(body[^SampleIdSize..]), BinaryPrimitives.ReadInt32LittleEndian(body), 0,
                    Encoding.UTF8.GetString(end < 0 ? name : name[..end]), (misc & CommExec) != 0));
                break;
            case Lost:
                incomplete = true;
                break;
        }
    }

    /// <summary>sample_id_all with PERF_SAMPLE_TIME only.</summary>
    private const int SampleIdSize = 8;

    private void DrainLoop()
    {
        int count = rings.Count + 1;
        var descriptors = new Libc.PollDescriptor[count];
        while (true)
        {
            for (int i = 0; i < rings.Count; i++)
                descriptors[i] = new() { Descriptor = rings[i].Descriptor, Events = Libc.POLLIN };
            descriptors[^1] = new() { Descriptor = stopEvent, Events = Libc.POLLIN };
            fixed (Libc.PollDescriptor* start = descriptors)
            {
                if (Libc.poll(start, (nuint)count, -1) < 0)
                    continue;
            }
            if (descriptors[^1].ReturnedEvents != 0)
                return;
            DrainAll();
        }
    }

    private void DrainAll()
    {
        foreach (PerfRing ring in rings)
            ring.Drain(Take);
    }

    private void StopDraining()
    {
        if (drain is null)
            return;
        ulong one = 1;
        _ = Libc.write(stopEvent, &one, sizeof(ulong));
        drain.Join();
        drain = null;
    }

    private void Close()
    {
        foreach (PerfRing ring in rings)
            ring.Dispose();
        rings.Clear();
    }

    /// <summary>Numbers of the processors that are on: <c>0-3,6</c>.</summary>
    private static List<int> Processors()
    {
        var numbers = new List<int>();
        const string path = "/sys/devices/system/cpu/online";
        string text = File.Exists(path) ? File.ReadAllText(path).Trim() : string.Create(CultureInfo.InvariantCulture, $"0-{Environment.ProcessorCount - 1}");
        foreach (string range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            int last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            for (int number = first; number <= last; number++)
                numbers.Add(number);
        }
        return numbers;
    }

    private sealed record TaskRecord(uint Type, ulong Time, int Pid, int Parent, string Name, bool IsExec);

    private sealed class ChildState(int pid, int parent, string name)
    {
        public int Pid { get; } = pid;

        public int Parent { get; } = parent;

        public string Name { get; set; } = name;

        /// <summary>True when it, or one between it and the program, executed a program.</summary>
        public bool IsOther { get; set; }

        public bool HasExecuted { get; set; }

        /// <summary>Nanoseconds of the kernel's clock.</summary>
        public ulong Start { get; init; }

        public TimeSpan? Duration { get; set; }
    }
}
