namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Address → unit. Where several units claim an address, the first in the file has it: linkers keep the first copy of an inline function
/// and point the debug information of the other copies at it.
/// </summary>
internal sealed class AddressMap
{
    private readonly List<ulong> starts = [];
    private readonly List<ulong> ends = [];
    private readonly List<int> units = [];

    public AddressMap(List<(AddressRange Range, int Unit)> ranges)
    {
        ranges.Sort(static (a, b) => a.Range.Low != b.Range.Low ? a.Range.Low.CompareTo(b.Range.Low) : a.Unit.CompareTo(b.Unit));
        var active = new PriorityQueue<(ulong High, int Unit), int>();
        int i = 0;
        ulong at = 0;
        while (i < ranges.Count || active.Count > 0)
        {
            if (active.Count == 0)
                at = Math.Max(at, ranges[i].Range.Low);
            for (; i < ranges.Count && ranges[i].Range.Low <= at; i++)
            {
                if (ranges[i].Range.High > at)
                    active.Enqueue((ranges[i].Range.High, ranges[i].Unit), ranges[i].Unit);
            }

            while (active.Count > 0 && active.Peek().High <= at)
                active.Dequeue();
            if (active.Count == 0)
                continue;
            (ulong high, int unit) = active.Peek();
            ulong end = i < ranges.Count ? Math.Min(high, ranges[i].Range.Low) : high;
            Add(at, end, unit);
            at = end;
        }
    }

    /// <summary>The unit that has the address; -1 when none does.</summary>
    public int UnitOf(ulong address)
    {
        int i = starts.BinarySearch(address);
        if (i < 0)
            i = ~i - 1;
        return i >= 0 && address < ends[i] ? units[i] : -1;
    }

    private void Add(ulong start, ulong end, int unit)
    {
        if (units.Count > 0 && units[^1] == unit && ends[^1] == start)
        {
            ends[^1] = end;
            return;
        }

        starts.Add(start);
        ends.Add(end);
        units.Add(unit);
    }
}
