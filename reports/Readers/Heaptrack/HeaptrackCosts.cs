using System.Runtime.InteropServices;
using MemTools.Reports.Model;

namespace MemTools.Reports.Readers;

/// <summary>What each kind of allocation (a size at a trace) costs: allocated in all, live now, and live at the moment of the peak.</summary>
internal sealed class HeaptrackCosts
{
    /// <summary>Moments kept of the history; beyond them every second one goes.</summary>
    private const int MaxMoments = 512;

    private readonly List<Cost> costs = [];
    private readonly List<HistoryPoint> history = [];
    private long total;
    private long peak;
    private int peakNumber;
    private int stride = 1;
    private int moments;

    /// <summary>Kinds so far.</summary>
    public int Count => costs.Count;

    /// <summary>Bytes live over time.</summary>
    public IReadOnlyList<HistoryPoint> History => history;

    /// <summary>A new kind; its number is the count before.</summary>
    public void Add(long size, int trace) => costs.Add(new Cost { Size = size, Trace = trace });

    public long Size(int kind) => costs[kind].Size;

    public int Trace(int kind) => costs[kind].Trace;

    public long Live(int kind) => costs[kind].Live;

    public long Allocated(int kind) => costs[kind].Allocated;

    /// <summary>How many were live when the most bytes were.</summary>
    public long AtPeak(int kind) => costs[kind].PeakSeen == peakNumber ? costs[kind].AtPeak : costs[kind].Live;

    public void Allocate(int kind)
    {
        ref Cost cost = ref Settled(kind);
        cost.Live++;
        cost.Allocated++;
        total += cost.Size;
        if (total <= peak)
            return;
        peak = total;
        peakNumber++;
    }

    public void Free(int kind)
    {
        ref Cost cost = ref Settled(kind);
        cost.Live--;
        total -= cost.Size;
    }

    /// <summary>Milliseconds since the start.</summary>
    public void Moment(ulong milliseconds)
    {
        if (moments++ % stride != 0)
            return;
        history.Add(new HistoryPoint(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.###} s"), total));
        if (history.Count <= MaxMoments)
            return;
        int kept = 0;
        for (int index = 0; index < history.Count; index += 2)
            history[kept++] = history[index];
        history.RemoveRange(kept, history.Count - kept);
        stride *= 2;
    }

    /// <summary>A kind about to change: what it has now is what it had at the last peak, if it did not change since.</summary>
    private ref Cost Settled(int kind)
    {
        ref Cost cost = ref CollectionsMarshal.AsSpan(costs)[kind];
        if (cost.PeakSeen != peakNumber)
        {
            cost.PeakSeen = peakNumber;
            cost.AtPeak = cost.Live;
        }

        return ref cost;
    }

    private struct Cost
    {
        public long Size;
        public int Trace;
        public long Live;
        public long Allocated;
        public long AtPeak;
        public int PeakSeen;
    }
}
