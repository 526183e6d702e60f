using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Resolves the wanted addresses of one unit after the other: functions and inlined calls by <see cref="UnitWalker"/>, lines by
/// <see cref="LineProgram"/>. One per thread, so that every buffer is used again.
/// </summary>
internal sealed class UnitResolver
{
    private readonly DwarfModule module;
    private readonly SymbolStore store;
    private readonly ResolveOptions options;
    private readonly DieAttributes root = new();
    private readonly Rows<AddressRange> ranges = new();
    private readonly WorkMeter work;
    private readonly UnitWalker walker;
    private readonly FunctionNames names;
    private ulong[] wanted = [];
    private int[] indices = [];
    private LineRow[] rows = [];
    private AbbreviationTable? lastTable;

    public UnitResolver(DwarfModule module, SymbolStore store, ResolveOptions options)
    {
        this.module = module;
        this.store = store;
        this.options = options;
        work = new WorkMeter(module.Budget);
        walker = new UnitWalker(work);
        names = new FunctionNames(store, work, options);
    }

    /// <summary>Frames this thread made.</summary>
    public FrameBuffer Frames { get; } = new();

    /// <summary>Wanted indices that the unit turned out not to hold, though <c>.debug_aranges</c> said so.</summary>
    public List<int> Misplaced { get; } = [];

    /// <summary>Fills <paramref name="into"/> for the task's addresses.</summary>
    /// <param name="task">A unit, and which addresses are wanted of it.</param>
    /// <param name="info">The section that holds the unit.</param>
    /// <param name="order">Indices of addresses, by task.</param>
    /// <param name="addresses">All addresses.</param>
    /// <param name="into">One per address.</param>
    public void Resolve(in UnitTask task, DataSection info, int[] order, ulong[] addresses, FrameSlice[] into)
    {
        DwarfUnit unit;
        try
        {
            unit = DwarfUnit.Parse(module.File, info, task.Unit);
            UnitRoot.Read(unit, root, work, lastTable);
            lastTable = unit.Abbreviations;
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the unit at 0x{task.Unit:x} is damaged: {e.Message}");
            for (int i = task.First; i < task.First + task.Count; i++)
                ResolveBySymbol(order[i], addresses[order[i]], into);
            return;
        }

        int count = Take(in task, order, addresses, unit);
        if (count == 0)
            return;
        DwarfUnit code = OpenSplit(unit);
        bool walked = Walk(code, count);
        FileTable? files = FindLines(unit, count);
        for (int i = 0; i < count; i++)
            Compose(indices[i], wanted[i], in rows[i], walked ? walker.NodeOf(i) : -1, code, files, into);
        module.File.Elf.File.Release(unit.Section.Span[unit.Start..unit.End]);
    }

    /// <summary>Names an address by the symbol table alone.</summary>
    public void ResolveBySymbol(int index, ulong address, FrameSlice[] into) => Compose(index, address, default, -1, null, null, into);

    /// <summary>The unit that holds the functions: the split one of a skeleton.</summary>
    private DwarfUnit OpenSplit(DwarfUnit unit)
    {
        try
        {
            return module.Split?.Open(unit, work) ?? unit;
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the split unit of the unit at 0x{unit.Start:x} is damaged: {e.Message}");
            return unit;
        }
    }

    private bool Walk(DwarfUnit unit, int count)
    {
        try
        {
            walker.Walk(unit, wanted, count, options.Inlines);
            return true;
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the debug information of the unit at 0x{unit.Start:x} is damaged: {e.Message}");
            return false;
        }
    }

    private FileTable? FindLines(DwarfUnit unit, int count)
    {
        Array.Clear(rows, 0, count);
        if (!unit.HasLines)
            return null;
        FileTable? files = null;
        try
        {
            files = FileTable.Open(unit, store);
            LineProgram.Run(files.Header, wanted, count, rows, module.Code, work);
            module.File.Elf.File.Release(module.File.Line.Span[files.Header.ProgramStart..files.Header.End]);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the line program of the unit at 0x{unit.Start:x} is damaged: {e.Message}");
        }

        return files;
    }

    /// <summary>Copies the task's addresses, leaving out those that the unit's own ranges do not hold.</summary>
    private int Take(in UnitTask task, int[] order, ulong[] addresses, DwarfUnit unit)
    {
        if (wanted.Length < task.Count)
        {
            wanted = new ulong[task.Count * 2];
            indices = new int[task.Count * 2];
            rows = new LineRow[task.Count * 2];
        }

        for (int i = 0; i < task.Count; i++)
        {
            indices[i] = order[task.First + i];
            wanted[i] = addresses[indices[i]];
        }

        return task.FromAranges ? Verify(unit, task.Count) : task.Count;
    }

    private int Verify(DwarfUnit unit, int count)
    {
        ranges.Clear();
        try
        {
            RangeReader.Read(unit, root, ranges, work);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"the range list of the unit at 0x{unit.Start:x} is damaged: {e.Message}");
            return count;
        }

        if (ranges.Count == 0)
            return count;
        bool[] held = new bool[count];
        for (int r = 0; r < ranges.Count; r++)
        {
            int first = RadixSort.LowerBound(wanted, 0, count, ranges[r].Low);
            int i = first;
            for (; i < count && wanted[i] < ranges[r].High; i++)
                held[i] = true;
            work.Spend(i - first);
        }

        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (!held[i])
            {
                Misplaced.Add(indices[i]);
                continue;
            }

            wanted[kept] = wanted[i];
            indices[kept++] = indices[i];
        }

        return kept;
    }

    private void Compose(int index, ulong address, in LineRow row, int node, DwarfUnit? unit, FileTable? files, FrameSlice[] into)
    {
        int start = Frames.Count;
        int symbol = module.Symbols.Find(address);
        int file = row.Found && files is not null ? files.FileNumber(row.File) : 0;
        int line = (int)Math.Min(row.Line, int.MaxValue), column = (int)Math.Min(row.Column, int.MaxValue), discriminator = (int)row.Discriminator;
        if (node < 0)
        {
            int function = symbol < 0 ? 0 : store.AddFunction(module.Symbols.NameNumber(symbol, store, names.Buffer), 0, 0);
            // Without lines the symbol table may still know the source file of a local function.
            if (file == 0 && symbol >= 0)
                file = store.AddFile(module.Symbols.FileName(symbol));
            if (function != 0 || row.Found)
                Frames.Add(new ResolvedFrame(function, file, line, column, discriminator));
        }

        while (node >= 0)
        {
            ref InlineNode n = ref walker.Nodes[node];
            bool outermost = n.Parent < 0 || Frames.Count - start + 1 == DwarfLimits.MaxFrames;
            int function;
            if (outermost && symbol >= 0 && options is { Declarations: false, SymbolTableNames: true })
            {
                function = store.AddFunction(module.Symbols.NameNumber(symbol, store, names.Buffer), 0, 0);
            }
            else
            {
                if (n.Function < 0)
                    n.Function = FunctionOf(unit!, n.Die);
                function = n.Function;
                // Debug information leaves out the linkage names of local functions; the symbol table has them all.
                if (outermost && symbol >= 0 && (options.SymbolTableNames || IsSymbolsName(unit!, in n, symbol, store.SystemName(function))))
                {
                    function = store.AddFunction(
                        module.Symbols.NameNumber(symbol, store, names.Buffer), store.DeclarationFile(function), store.DeclarationLine(function));
                }
            }

            Frames.Add(new ResolvedFrame(function, file, line, column, discriminator));
            if (outermost)
                break;
            file = n.CallFile == InlineNode.NoFile || files is null ? 0 : files.FileNumber(n.CallFile);
            line = (int)Math.Min(n.CallLine, int.MaxValue);
            column = (int)Math.Min(n.CallColumn, int.MaxValue);
            discriminator = 0;
            node = n.Parent;
        }

        into[index] = new FrameSlice(Frames, start, Frames.Count - start);
    }

    /// <summary>
    /// Whether addr2line prints the symbol's name instead: for a function that has no linkage name where its language has them, and that starts where
    /// the symbol does (so not for <c>f.cold</c>). In C the name is the linkage name.
    /// </summary>
    private bool IsSymbolsName(DwarfUnit unit, in InlineNode function, int symbol, ReadOnlySpan<byte> name) =>
        !IsMangled(name) && module.Symbols.Start(symbol) == function.Low && !HasPlainNames((unit.Skeleton ?? unit).Language);

    /// <summary>DW_LANG_* of C, Ada, Cobol, Fortran 77, Pascal, PL/I, UPC: names as the linker knows them (DWARF 5, table 7.17).</summary>
    private static bool HasPlainNames(int language) => language is 0x01 or 0x02 or 0x03 or 0x05 or 0x06 or 0x07 or 0x09 or 0x0c or 0x0d or 0x0f or 0x12 or 0x1d;

    private static bool IsMangled(ReadOnlySpan<byte> name) => name.Length > 2 && name[0] == (byte)'_' && name[1] is (byte)'Z' or (byte)'R';

    private int FunctionOf(DwarfUnit unit, int die)
    {
        try
        {
            return names.Resolve(unit, die);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            module.Warn($"a function's name in the unit at 0x{unit.Start:x} is damaged: {e.Message}");
            return 0;
        }
    }
}
