namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>The debug information of one module, and the resolving of sorted addresses with it on several threads.</summary>
internal sealed class DwarfModule(DwarfFile file, SymbolTable symbols, AddressRange code, Action<string> warn)
{
    private readonly Lock warnLock = new();
    private int warnings;
    private AddressMap? aranges;
    private AddressMap? unitRanges;
    private List<int> rangeless = [];

    public DwarfFile File => file;

    public SymbolTable Symbols => symbols;

    /// <summary>Where the module has code.</summary>
    public AddressRange Code => code;

    /// <summary>Split units; null when there are none.</summary>
    public SplitUnits? Split { get; init; }

    public WorkBudget Budget { get; } = new(DwarfLimits.WorkBase + file.Elf.Length * DwarfLimits.WorkFactor);

    /// <summary>Reports damage; the first few in full.</summary>
    public void Warn(string message)
    {
        lock (warnLock)
        {
            if (++warnings <= 5)
                warn(message);
        }
    }

    /// <summary>Resolves addresses (ascending, distinct) to frames.</summary>
    public void Resolve(ReadOnlyMemory<ulong> addresses, FrameSlice[] into, SymbolStore store, ResolveOptions options, CancellationToken cancellation)
    {
        int n = addresses.Length;
        int[] unitOf = new int[n];
        bool[] fromAranges = new bool[n];
        aranges ??= ReadAranges();
        for (int i = 0; i < n; i++)
        {
            unitOf[i] = aranges.UnitOf(addresses.Span[i]);
            fromAranges[i] = unitOf[i] >= 0;
        }

        PlaceByUnits(addresses.Span, unitOf, null);
        List<UnitResolver> resolvers = Run(addresses, unitOf, fromAranges, into, store, options, cancellation);
        var misplaced = new List<int>();
        foreach (UnitResolver resolver in resolvers)
            misplaced.AddRange(resolver.Misplaced);
        if (misplaced.Count > 0)
        {
            misplaced.Sort();
            foreach (int i in misplaced)
                unitOf[i] = -1;
            PlaceByUnits(addresses.Span, unitOf, misplaced);
            RunSome(addresses, unitOf, misplaced, into, store, options, cancellation);
        }
    }

    /// <summary>Looks up addresses that <c>.debug_aranges</c> does not know in the ranges of the units themselves.</summary>
    private void PlaceByUnits(ReadOnlySpan<ulong> addresses, int[] unitOf, List<int>? only)
    {
        bool missing = false;
        foreach (int i in only ?? Enumerable.Range(0, addresses.Length))
            missing |= unitOf[i] < 0 && addresses[i] >= code.Low && addresses[i] < code.High;
        if (!missing)
            return;
        unitRanges ??= ReadUnitRanges();
        foreach (int i in only ?? Enumerable.Range(0, addresses.Length))
        {
            if (unitOf[i] >= 0)
                continue;
            unitOf[i] = unitRanges.UnitOf(addresses[i]);
            // A unit that says nothing of its ranges may hold anything; honest files have at most one or two.
            if (unitOf[i] < 0 && rangeless.Count is > 0 and <= 8)
                unitOf[i] = rangeless[0];
        }
    }

    private List<UnitResolver> Run(
        ReadOnlyMemory<ulong> addresses, int[] unitOf, bool[] fromAranges, FrameSlice[] into, SymbolStore store, ResolveOptions options,
        CancellationToken cancellation)
    {
        int n = addresses.Length;
        int[] order = new int[n];
        for (int i = 0; i < n; i++)
            order[i] = i;
        int[] keys = (int[])unitOf.Clone();
        // A stable sort: addresses of a unit stay ascending. The index breaks ties because it is sorted along with the key.
        long[] packed = new long[n];
        for (int i = 0; i < n; i++)
            packed[i] = ((long)keys[i] << 32) | (uint)i;
        Array.Sort(packed);
        var tasks = new List<UnitTask>();
        int unknown = 0;
        for (int i = 0; i < n; i++)
        {
            order[i] = (int)(uint)packed[i];
            int unit = (int)(packed[i] >> 32);
            if (unit < 0)
                unknown = i + 1;
            else if (tasks.Count > 0 && tasks[^1].Unit == unit)
                tasks[^1] = tasks[^1] with { Count = tasks[^1].Count + 1 };
            else
                tasks.Add(new UnitTask(unit, i, 1, fromAranges[order[i]]));
        }

        int threads = Math.Clamp(Math.Min(options.Threads, tasks.Count), 1, 64);
        var resolvers = new List<UnitResolver>();
        for (int i = 0; i < threads; i++)
            resolvers.Add(new UnitResolver(this, store, options));
        int next = -1;
        Workers.Run(threads, worker =>
        {
            UnitResolver resolver = resolvers[worker];
            if (worker == 0)
            {
                for (int i = 0; i < unknown; i++)
                    resolver.ResolveBySymbol(order[i], addresses.Span[order[i]], into);
            }

            int task;
            while ((task = Interlocked.Increment(ref next)) < tasks.Count)
            {
                cancellation.ThrowIfCancellationRequested();
                resolver.Resolve(tasks[task], order, addresses.Span, into);
            }
        });
        return resolvers;
    }

    private void RunSome(
        ReadOnlyMemory<ulong> addresses, int[] unitOf, List<int> some, FrameSlice[] into, SymbolStore store, ResolveOptions options,
        CancellationToken cancellation)
    {
        var part = new ulong[some.Count];
        var units = new int[some.Count];
        var slices = new FrameSlice[some.Count];
        for (int i = 0; i < part.Length; i++)
        {
            part[i] = addresses.Span[some[i]];
            units[i] = unitOf[some[i]];
        }

        Run(part, units, new bool[part.Length], slices, store, options, cancellation);
        for (int i = 0; i < part.Length; i++)
            into[some[i]] = slices[i];
    }

    private AddressMap ReadAranges()
    {
        var list = new List<(AddressRange, int)>();
        try
        {
            ArangesReader.Read(file, list, code);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            Warn($".debug_aranges is damaged: {e.Message}");
        }

        return new AddressMap(list);
    }

    private AddressMap ReadUnitRanges()
    {
        var list = new List<(AddressRange, int)>();
        var ranges = new List<AddressRange>();
        var root = new DieAttributes();
        AbbreviationTable? last = null;
        foreach (int start in file.Units.Starts)
        {
            try
            {
                DwarfUnit unit = DwarfUnit.Parse(file, file.Info, start);
                if (unit.UnitType is DwarfUnit.UtType or DwarfUnit.UtSplitType or DwarfUnit.UtPartial)
                    continue;
                UnitRoot.Read(unit, root, Budget, last);
                last = unit.Abbreviations;
                ranges.Clear();
                RangeReader.Read(unit, root, ranges, Budget);
                foreach (AddressRange range in ranges)
                {
                    if (range.Low >= code.Low && range.Low < code.High)
                        list.Add((range, start));
                }

                if (ranges.Count == 0 && !root.Has(AttributeSlot.LowPc) && !root.Has(AttributeSlot.Ranges) && unit.LineOffset is not null)
                    rangeless.Add(start);
            }
            catch (Exception e) when (DwarfException.IsDamage(e) || e is OverflowException)
            {
                Warn($"the unit at 0x{start:x} is damaged: {e.Message}");
            }
        }

        return new AddressMap(list);
    }
}
