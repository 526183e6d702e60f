using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Collections;
using MemTools.Reports.Symbols.Compression.Inflate;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Resolves addresses with the units of a compressed <c>.debug_info</c> while it is unpacked: one thread unpacks and hands over the units that hold
/// wanted addresses, the others resolve them and give their memory back. So the section is never in memory whole, and the unpacking, which takes
/// longest, hides the rest.
/// </summary>
/// <remarks>For one pass over files whose units do not refer to each other; damage found on the way means that nothing was resolved.</remarks>
internal sealed class UnitStream : IDisposable
{
    private readonly DwarfModule module;
    private readonly SectionInflater inflater;
    private readonly DataSection info;
    private readonly ResolveRequest request;
    private readonly Queue<Waiting> queue = new();
    private readonly WorkMeter work;
    private readonly DieAttributes root = new();
    private readonly Rows<AddressRange> ranges = new();
    private readonly List<int> homeless = [];
    private AbbreviationTable? lastTable;
    private long waitingBytes;
    private bool ended;

    private UnitStream(DwarfModule module, SectionInflater inflater, ResolveRequest request)
    {
        this.module = module;
        this.inflater = inflater;
        this.request = request;
        info = new DataSection(inflater.Buffer.Span);
        work = new WorkMeter(module.Budget);
    }

    /// <summary>Starts a pass; null when the section is small, not compressed, or its units refer to each other.</summary>
    public static UnitStream? TryOpen(DwarfModule module, ResolveRequest request)
    {
        if (module.File.InfoLength < request.Options.StreamedInfoBytes || AbbreviationTable.ReferAcrossUnits(module.File.Abbrev))
            return null;
        return module.File.TryInflateInfo() is { } inflater ? new UnitStream(module, inflater, request) : null;
    }

    /// <summary>Resolves the addresses of tasks (ascending by unit), and those of no task that a unit's own ranges hold.</summary>
    /// <param name="tasks">What <c>.debug_aranges</c> gave.</param>
    /// <param name="order">Indices of addresses, by task.</param>
    /// <param name="unitOf">Units of addresses, -1 for those that have none yet.</param>
    /// <param name="resolvers">One per thread.</param>
    /// <returns>False when the section is damaged.</returns>
    public bool Run(Rows<UnitTask> tasks, int[] order, int[] unitOf, List<UnitResolver> resolvers)
    {
        for (int i = 0; i < request.Count; i++)
        {
            if (unitOf[i] < 0 && request.Addresses[i] >= module.Code.Low && request.Addresses[i] < module.Code.High)
                homeless.Add(i);
        }

        bool whole = false;
        Workers.Run(resolvers.Count, worker =>
        {
            if (worker == 0)
            {
                try
                {
                    whole = Unpack(tasks, order, unitOf, resolvers[0], resolvers.Count == 1 ? 0 : DwarfLimits.WaitingUnitBytes);
                }
                finally
                {
                    End();
                }
            }

            while (Take(wait: true) is { } next)
                Resolve(next, resolvers[worker]);
        });
        for (int i = 0; whole && i < request.Count; i++)
        {
            if (unitOf[i] < 0)
                resolvers[0].ResolveBySymbol(i, request.Addresses[i], request.Into);
        }

        return whole;
    }

    public void Dispose() => inflater.Dispose();

    private bool Unpack(Rows<UnitTask> tasks, int[] order, int[] unitOf, UnitResolver resolver, long mayWait)
    {
        int task = 0, done = 0;
        try
        {
            for (int at = 0; info.Length - at >= 11;)
            {
                request.Cancellation.ThrowIfCancellationRequested();
                inflater.Advance(Math.Min(info.Length, at + 16));
                int start = at;
                at = DwarfUnit.NextOffset(info, start, module.File.BigEndian);
                inflater.Advance(at);
                for (; task < tasks.Count && tasks[task].Unit < start; task++)
                    Misplace(tasks[task], order, resolver);
                bool wanted = task < tasks.Count && tasks[task].Unit == start;
                int[]? claimed = homeless.Count > 0 ? Claim(start, unitOf) : null;
                if (!wanted && claimed is null)
                    continue;
                if (start > done)
                    inflater.Release(done, start);
                done = at;
                Put(new Waiting(start, at, wanted ? tasks[task++] : default, wanted ? order : [], claimed));
                while (waitingBytes > mayWait && Take(wait: false) is { } next)
                    Resolve(next, resolver);
            }

            inflater.Advance(info.Length);
            for (; task < tasks.Count; task++)
                Misplace(tasks[task], order, resolver);
            return true;
        }
        catch (Exception e) when (e is InflateException or MemToolsException || DwarfException.IsDamage(e))
        {
            // Taking the section whole comes to the same place, and warns.
            return false;
        }
    }

    /// <summary><c>.debug_aranges</c> names a unit that does not begin there.</summary>
    private static void Misplace(UnitTask task, int[] order, UnitResolver resolver)
    {
        for (int i = 0; i < task.Count; i++)
            resolver.Misplaced.Add(order[task.First + i]);
    }

    /// <summary>Indices of the addresses without a unit that this one holds; null when there are none.</summary>
    private int[]? Claim(int start, int[] unitOf)
    {
        ranges.Clear();
        try
        {
            DwarfUnit unit = DwarfUnit.Parse(module.File, info, start);
            if (!UnitRanges.TryReadOne(unit, root, ranges, work, lastTable))
                return null;
            lastTable = unit.Abbreviations;
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the unit at 0x{start:x} is damaged: {e.Message}");
            return null;
        }

        List<int>? claimed = null;
        for (int r = 0; r < ranges.Count; r++)
        {
            if (ranges[r].Low < module.Code.Low || ranges[r].Low >= module.Code.High)
                continue;
            // Both are ascending.
            int i = LowerBound(ranges[r].Low), first = i;
            for (; i < homeless.Count && request.Addresses[homeless[i]] < ranges[r].High; i++)
            {
                (claimed ??= []).Add(homeless[i]);
                unitOf[homeless[i]] = start;
            }

            homeless.RemoveRange(first, i - first);
        }

        claimed?.Sort();
        return claimed?.ToArray();
    }

    private int LowerBound(ulong address)
    {
        int low = 0, high = homeless.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (request.Addresses[homeless[middle]] < address)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private void Resolve(Waiting unit, UnitResolver resolver)
    {
        request.Cancellation.ThrowIfCancellationRequested();
        if (unit.Task.Count > 0)
            resolver.Resolve(unit.Task, info, unit.Order, request.Addresses, request.Into);
        if (unit.Claimed is { } claimed)
            resolver.Resolve(new UnitTask { Unit = unit.Start, Count = claimed.Length }, info, claimed, request.Addresses, request.Into);
        inflater.Release(unit.Start, unit.End);
    }

    private void Put(Waiting unit)
    {
        lock (queue)
        {
            queue.Enqueue(unit);
            waitingBytes += unit.End - unit.Start;
            Monitor.Pulse(queue);
        }
    }

    private Waiting? Take(bool wait)
    {
        lock (queue)
        {
            while (wait && queue.Count == 0 && !ended)
                Monitor.Wait(queue);
            if (queue.Count == 0)
                return null;
            Waiting next = queue.Dequeue();
            waitingBytes -= next.End - next.Start;
            return next;
        }
    }

    private void End()
    {
        lock (queue)
        {
            ended = true;
            Monitor.PulseAll(queue);
        }
    }

    /// <summary>A unit that is unpacked, and the addresses wanted of it.</summary>
    private sealed record Waiting(int Start, int End, UnitTask Task, int[] Order, int[]? Claimed);
}
