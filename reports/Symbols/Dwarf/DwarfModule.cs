using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The debug information of one module, and the resolving of sorted addresses with it on several threads.</summary>
internal sealed class DwarfModule
{
    private const int MaxWarnings = 5;

    private readonly Action<string> warn;
    private readonly Lock warnLock = new();
    private readonly UnitRanges unitRanges;
    private Rows<UnitRange>? aranges;
    private int warnings;

    public DwarfModule(DwarfFile file, SymbolTable symbols, AddressRange code, Action<string> warn)
    {
        File = file;
        Symbols = symbols;
        Code = code;
        this.warn = warn;
        Budget = new WorkBudget(DwarfLimits.WorkBase + file.Elf.Length * DwarfLimits.WorkFactor);
        unitRanges = new UnitRanges(this);
    }

    public DwarfFile File { get; }

    public SymbolTable Symbols { get; }

    /// <summary>Where the module has code.</summary>
    public AddressRange Code { get; }

    public WorkBudget Budget { get; }

    /// <summary>Finds split units; null to do without.</summary>
    public SplitUnits? Split { get; set; }

    /// <summary>Reports damage; the first few in full.</summary>
    public void Warn(string message)
    {
        lock (warnLock)
        {
            if (++warnings <= MaxWarnings)
                warn(message);
        }
    }

    /// <summary>Resolves addresses to frames.</summary>
    /// <param name="addresses">Ascending, distinct.</param>
    /// <param name="count">How many of them.</param>
    /// <param name="into">One per address.</param>
    /// <param name="store">Takes names and files.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellation">Checked between units.</param>
    public void Resolve(ulong[] addresses, int count, FrameSlice[] into, SymbolStore store, ResolveOptions options, CancellationToken cancellation)
    {
        aranges ??= ReadAranges();
        int[] unitOf = new int[count];
        Array.Fill(unitOf, -1);
        TryPlace(() => Place(aranges, addresses, count, unitOf));
        bool[] fromAranges = new bool[count];
        for (int i = 0; i < count; i++)
            fromAranges[i] = unitOf[i] >= 0;
        TryPlace(() => unitRanges.PlaceRest(addresses, count, unitOf));
        List<UnitResolver> resolvers = Run(addresses, count, unitOf, fromAranges, into, store, options, cancellation);

        var misplaced = new List<int>();
        foreach (UnitResolver resolver in resolvers)
            misplaced.AddRange(resolver.Misplaced);
        if (misplaced.Count > 0)
            ResolveMisplaced(misplaced, addresses, into, store, options, cancellation);
    }

    /// <summary>
    /// Assigns addresses to the units whose ranges hold them. Where several units claim an address, the first in the file has it: linkers
    /// keep the first copy of an inline function and point the debug information of the other copies at it.
    /// </summary>
    internal void Place(Rows<UnitRange> ranges, ulong[] addresses, int count, int[] unitOf)
    {
        long hits = 0;
        for (int r = 0; r < ranges.Count; r++)
        {
            ref UnitRange range = ref ranges[r];
            for (int i = RadixSort.LowerBound(addresses, 0, count, range.Low); i < count && addresses[i] < range.High; i++, hits++)
            {
                if (unitOf[i] < 0 || range.Unit < unitOf[i])
                    unitOf[i] = range.Unit;
            }

            if (hits > 1 << 16)
            {
                Budget.Spend(hits);
                hits = 0;
            }
        }
    }

    /// <summary>Ranges that overlap on purpose spend the budget: addresses not placed by then are named by the symbol table.</summary>
    private void TryPlace(Action place)
    {
        try
        {
            place();
        }
        catch (DwarfException e)
        {
            Warn($"the ranges of its units are damaged: {e.Message}");
        }
    }

    private List<UnitResolver> Run(
        ulong[] addresses, int count, int[] unitOf, bool[] fromAranges, FrameSlice[] into, SymbolStore store, ResolveOptions options,
        CancellationToken cancellation)
    {
        // The sort is stable: the addresses of a unit stay ascending.
        int[] order = RadixSort.Positions(count);
        ulong[] keys = new ulong[count];
        for (int i = 0; i < count; i++)
            keys[i] = (uint)(unitOf[i] + 1);
        RadixSort.Sort(keys, order, count);
        var tasks = new Rows<UnitTask>(256);
        int unknown = 0;
        for (int i = 0; i < count; i++)
        {
            int unit = (int)keys[i] - 1;
            if (unit < 0)
                unknown = i + 1;
            else if (tasks.Count > 0 && tasks[tasks.Count - 1].Unit == unit)
                tasks[tasks.Count - 1].Count++;
            else
                tasks.Add(new UnitTask { Unit = unit, First = i, Count = 1, FromAranges = fromAranges[order[i]] });
        }

        int threads = Math.Clamp(Math.Min(options.Threads, tasks.Count), 1, 64);
        var resolvers = new List<UnitResolver>();
        for (int i = 0; i < threads; i++)
            resolvers.Add(new UnitResolver(this, store, options));
        int next = -1;
        Workers.Run(threads, worker =>
        {
            UnitResolver resolver = resolvers[worker];
            for (int i = 0; worker == 0 && i < unknown; i++)
                resolver.ResolveBySymbol(order[i], addresses[order[i]], into);
            int task;
            while ((task = Interlocked.Increment(ref next)) < tasks.Count)
            {
                cancellation.ThrowIfCancellationRequested();
                resolver.Resolve(in tasks[task], order, addresses, into);
            }
        });
        return resolvers;
    }

    /// <summary>Addresses that a unit did not hold although <c>.debug_aranges</c> said so go to the unit whose own ranges hold them.</summary>
    private void ResolveMisplaced(
        List<int> misplaced, ulong[] addresses, FrameSlice[] into, SymbolStore store, ResolveOptions options, CancellationToken cancellation)
    {
        misplaced.Sort();
        int n = misplaced.Count;
        var part = new ulong[n];
        var units = new int[n];
        var slices = new FrameSlice[n];
        for (int i = 0; i < n; i++)
            part[i] = addresses[misplaced[i]];
        Array.Fill(units, -1);
        TryPlace(() => unitRanges.PlaceRest(part, n, units));
        Run(part, n, units, new bool[n], slices, store, options, cancellation);
        for (int i = 0; i < n; i++)
            into[misplaced[i]] = slices[i];
    }

    private Rows<UnitRange> ReadAranges()
    {
        var list = new Rows<UnitRange>(1024);
        try
        {
            ArangesReader.Read(File, list, Code);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            Warn($".debug_aranges is damaged: {e.Message}");
        }

        return list;
    }
}
