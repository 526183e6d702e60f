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
    private bool streamed;

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
        var request = new ResolveRequest(addresses, count, into, store, options, cancellation);
        aranges ??= ReadAranges();
        int[] unitOf = new int[count];
        Array.Fill(unitOf, -1);
        TryPlace(() => Place(aranges, addresses, count, unitOf));
        List<UnitResolver> resolvers = TryStream(request, unitOf) ?? ResolveWhole(request, unitOf);

        var misplaced = new List<int>();
        foreach (UnitResolver resolver in resolvers)
            misplaced.AddRange(resolver.Misplaced);
        if (misplaced.Count > 0)
            ResolveMisplaced(misplaced, request);
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

    /// <summary>
    /// The first question of a module with a large compressed <c>.debug_info</c> is answered while that is unpacked. Whoever asks again will go on
    /// asking: from then on it is kept whole.
    /// </summary>
    private List<UnitResolver>? TryStream(ResolveRequest request, int[] unitOf)
    {
        if (streamed || request.Count == 0)
            return null;
        streamed = true;
        using UnitStream? stream = UnitStream.TryOpen(this, request);
        if (stream is null)
            return null;
        int[] units = [.. unitOf];
        Rows<UnitTask> tasks = MakeTasks(units, request.Count, units, out int[] order, out _);
        List<UnitResolver> resolvers = MakeResolvers(request, int.MaxValue);
        return stream.Run(tasks, order, units, resolvers) ? resolvers : null;
    }

    private List<UnitResolver> ResolveWhole(ResolveRequest request, int[] unitOf)
    {
        File.TakeSections(request.Options.Threads);
        int[] fromAranges = [.. unitOf];
        TryPlace(() => unitRanges.PlaceRest(request.Addresses, request.Count, unitOf));
        return Run(request, unitOf, fromAranges);
    }

    private List<UnitResolver> Run(ResolveRequest request, int[] unitOf, int[]? fromAranges)
    {
        Rows<UnitTask> tasks = MakeTasks(unitOf, request.Count, fromAranges, out int[] order, out int unknown);
        List<UnitResolver> resolvers = MakeResolvers(request, tasks.Count);
        DataSection info = File.Info;
        int next = -1;
        Workers.Run(resolvers.Count, worker =>
        {
            UnitResolver resolver = resolvers[worker];
            for (int i = 0; worker == 0 && i < unknown; i++)
                resolver.ResolveBySymbol(order[i], request.Addresses[order[i]], request.Into);
            int task;
            while ((task = Interlocked.Increment(ref next)) < tasks.Count)
            {
                request.Cancellation.ThrowIfCancellationRequested();
                resolver.Resolve(in tasks[task], info, order, request.Addresses, request.Into);
            }
        });
        return resolvers;
    }

    /// <summary>Groups addresses by unit, ascending.</summary>
    /// <param name="unitOf">Unit of each address, -1 for none.</param>
    /// <param name="count">Number of addresses.</param>
    /// <param name="fromAranges">What <c>.debug_aranges</c> says of each, -1 for nothing; null when it was not asked.</param>
    /// <param name="order">Indices of addresses: first those of no unit, then task by task, ascending in each.</param>
    /// <param name="unknown">How many are of no unit.</param>
    private static Rows<UnitTask> MakeTasks(int[] unitOf, int count, int[]? fromAranges, out int[] order, out int unknown)
    {
        // The sort is stable: the addresses of a unit stay ascending.
        order = RadixSort.Positions(count);
        ulong[] keys = new ulong[count];
        for (int i = 0; i < count; i++)
            keys[i] = (uint)(unitOf[i] + 1);
        RadixSort.Sort(keys, order, count);
        var tasks = new Rows<UnitTask>(256);
        unknown = 0;
        for (int i = 0; i < count; i++)
        {
            int unit = (int)keys[i] - 1;
            if (unit < 0)
                unknown = i + 1;
            else if (tasks.Count > 0 && tasks[tasks.Count - 1].Unit == unit)
                tasks[tasks.Count - 1].Count++;
            else
                tasks.Add(new UnitTask { Unit = unit, First = i, Count = 1, FromAranges = fromAranges is not null && fromAranges[order[i]] >= 0 });
        }

        return tasks;
    }

    private List<UnitResolver> MakeResolvers(ResolveRequest request, int tasks)
    {
        var resolvers = new List<UnitResolver>();
        for (int i = Math.Clamp(Math.Min(request.Options.Threads, tasks), 1, 64); i > 0; i--)
            resolvers.Add(new UnitResolver(this, request.Store, request.Options));
        return resolvers;
    }

    /// <summary>Addresses that a unit did not hold although <c>.debug_aranges</c> said so go to the unit whose own ranges hold them.</summary>
    private void ResolveMisplaced(List<int> misplaced, ResolveRequest request)
    {
        misplaced.Sort();
        int n = misplaced.Count;
        var part = request with { Addresses = new ulong[n], Count = n, Into = new FrameSlice[n] };
        var units = new int[n];
        for (int i = 0; i < n; i++)
            part.Addresses[i] = request.Addresses[misplaced[i]];
        Array.Fill(units, -1);
        TryPlace(() => unitRanges.PlaceRest(part.Addresses, n, units));
        // No other unit claims them: in strict DWARF 2 a unit has no list of ranges, and .debug_aranges alone knows all its code.
        if (aranges is not null && Array.IndexOf(units, -1) >= 0)
        {
            int[] again = new int[n];
            Array.Fill(again, -1);
            TryPlace(() => Place(aranges, part.Addresses, n, again));
            for (int i = 0; i < n; i++)
                units[i] = units[i] < 0 ? again[i] : units[i];
        }

        Run(part, units, null);
        for (int i = 0; i < n; i++)
            request.Into[misplaced[i]] = part.Into[i];
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
