namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Resolves the wanted addresses of one unit after the other: functions and inlined calls by <see cref="UnitWalker"/>, lines by
/// <see cref="LineProgram"/>. One per thread, so that every buffer is used again.
/// </summary>
internal sealed class UnitResolver(DwarfModule module, SymbolStore store, ResolveOptions options)
{
    private readonly DieAttributes root = new();
    private readonly List<AddressRange> ranges = [];
    private readonly UnitWalker walker = new(module.Budget);
    private readonly FunctionNames names = new(store, module.Budget, options.Declarations);
    private ulong[] wanted = [];
    private int[] indices = [];
    private LineRow[] rows = [];
    private AbbreviationTable? lastTable;

    /// <summary>Frames this thread made.</summary>
    public FrameBuffer Frames { get; } = new();

    /// <summary>Wanted indices that the unit turned out not to hold, though <c>.debug_aranges</c> said so.</summary>
    public List<int> Misplaced { get; } = [];

    /// <summary>Fills <paramref name="into"/> for the task's addresses.</summary>
    public void Resolve(UnitTask task, ReadOnlySpan<int> order, ReadOnlySpan<ulong> addresses, FrameSlice[] into)
    {
        DwarfUnit unit;
        try
        {
            unit = DwarfUnit.Parse(module.File, module.File.Info, task.Unit);
            UnitRoot.Read(unit, root, module.Budget, lastTable);
            lastTable = unit.Abbreviations;
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the unit at 0x{task.Unit:x} is damaged: {e.Message}");
            foreach (int index in order.Slice(task.First, task.Count))
                Compose(index, addresses[index], default, -1, null, null, into);
            return;
        }

        int count = Take(task, order, addresses, unit);
        if (count == 0)
            return;
        ReadOnlySpan<ulong> mine = wanted.AsSpan(0, count);
        DwarfUnit code = unit;
        bool walked = Guard(unit, "debug information", () => walker.Walk(code, wanted.AsSpan(0, count), options.Inlines));
        FileTable? files = FileTable.TryOpen(unit, store);
        rows.AsSpan(0, count).Clear();
        if (files is not null)
            Guard(unit, "line program", () => LineProgram.Run(files.Header, wanted.AsSpan(0, count), rows.AsSpan(0, count), module.Code, module.Budget));
        for (int i = 0; i < count; i++)
            Compose(indices[i], mine[i], rows[i], walked ? walker.NodeOf[i] : -1, code, files, into);
        module.File.Elf.File.Release(unit.Section.Span[unit.Start..unit.End]);
    }

    /// <summary>Names an address by the symbol table alone.</summary>
    public void ResolveBySymbol(int index, ulong address, FrameSlice[] into) => Compose(index, address, default, -1, null, null, into);

    private bool Guard(DwarfUnit unit, string what, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception e) when (DwarfException.IsDamage(e) || e is OverflowException)
        {
            module.Warn($"the {what} of the unit at 0x{unit.Start:x} is damaged: {e.Message}");
            return false;
        }
    }

    /// <summary>Copies the task's addresses, leaving out those that the unit's own ranges do not hold.</summary>
    private int Take(UnitTask task, ReadOnlySpan<int> order, ReadOnlySpan<ulong> addresses, DwarfUnit unit)
    {
        if (wanted.Length < task.Count)
        {
            wanted = new ulong[task.Count * 2];
            indices = new int[task.Count * 2];
            rows = new LineRow[task.Count * 2];
        }

        ranges.Clear();
        if (task.FromAranges)
            Guard(unit, "range list", () => RangeReader.Read(unit, root, ranges, module.Budget));
        bool check = ranges.Count > 0;
        if (check)
            ranges.Sort(static (a, b) => a.Low.CompareTo(b.Low));
        int count = 0, at = 0;
        foreach (int index in order.Slice(task.First, task.Count))
        {
            ulong address = addresses[index];
            if (check)
            {
                while (at < ranges.Count && ranges[at].High <= address)
                    at++;
                if (at == ranges.Count || ranges[at].Low > address)
                {
                    Misplaced.Add(index);
                    continue;
                }
            }

            wanted[count] = address;
            indices[count++] = index;
        }

        return count;
    }

    private void Compose(int index, ulong address, in LineRow row, int node, DwarfUnit? unit, FileTable? files, FrameSlice[] into)
    {
        int start = Frames.Count;
        int symbol = options.SymbolTableNames || node < 0 ? module.Symbols.Find(address) : -1;
        int file = row.Found && files is not null ? files.FileNumber(row.File) : 0;
        int line = (int)Math.Min(row.Line, int.MaxValue), column = (int)Math.Min(row.Column, int.MaxValue), discriminator = (int)row.Discriminator;
        if (node < 0)
        {
            int function = symbol < 0 ? 0 : store.AddFunction(module.Symbols.NameNumber(symbol, store, names.Buffer), 0, 0);
            if (function != 0 || row.Found)
                Frames.Add(new ResolvedFrame(function, file, line, column, discriminator));
        }

        Span<InlineNode> nodes = walker.Nodes;
        while (node >= 0)
        {
            ref InlineNode n = ref nodes[node];
            bool outermost = n.Parent < 0 || Frames.Count - start + 1 == DwarfLimits.MaxFrames;
            int function;
            if (outermost && symbol >= 0 && !options.Declarations)
            {
                function = store.AddFunction(module.Symbols.NameNumber(symbol, store, names.Buffer), 0, 0);
            }
            else
            {
                if (n.Function < 0)
                    n.Function = FunctionOf(unit!, n.Die);
                function = n.Function;
                if (outermost && symbol >= 0)
                {
                    function = store.AddFunction(
                        module.Symbols.NameNumber(symbol, store, names.Buffer), store.DeclarationFile(function), store.DeclarationLine(function));
                }
            }

            Frames.Add(new ResolvedFrame(function, file, line, column, discriminator));
            if (outermost)
                break;
            file = n.CallFile == 0 || files is null ? 0 : files.FileNumber(n.CallFile);
            line = (int)Math.Min(n.CallLine, int.MaxValue);
            column = (int)Math.Min(n.CallColumn, int.MaxValue);
            discriminator = 0;
            node = n.Parent;
        }

        into[index] = new FrameSlice(Frames, start, Frames.Count - start);
    }

    private int FunctionOf(DwarfUnit unit, int die)
    {
        int function = 0;
        Guard(unit, "debug information", () => function = names.Resolve(unit, die));
        return function;
    }
}
