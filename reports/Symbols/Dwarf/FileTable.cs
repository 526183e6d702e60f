namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>File numbers of a unit's line program → numbers in the result. Paths are composed once each, when asked for.</summary>
internal sealed class FileTable
{
    [ThreadStatic]
    private static PathBuffer? t_path;

    private readonly SymbolStore store;
    private int[] known;

    private FileTable(LineHeader header, SymbolStore store)
    {
        Header = header;
        this.store = store;
        known = new int[header.FileCount + 2];
    }

    public LineHeader Header { get; }

    /// <summary>The file table of a unit that has a line program.</summary>
    /// <exception cref="DwarfException">It is damaged.</exception>
    public static FileTable Open(DwarfUnit unit, SymbolStore store) => new(LineHeader.Parse(unit, unit.LineOffset), store);

    /// <summary>The file table of a unit; null when it has no line program or that is damaged.</summary>
    public static FileTable? TryOpen(DwarfUnit unit, SymbolStore store)
    {
        // Split units use the line program of their skeleton.
        DwarfUnit owner = unit.Skeleton ?? unit;
        if (!owner.HasLines)
            return null;
        try
        {
            return Open(owner, store);
        }
        catch (Exception e) when (DwarfException.IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>Number of the file in the store; 0 when the table has no such file.</summary>
    public int FileNumber(ulong file)
    {
        if (file >= (ulong)known.Length)
        {
            // DW_LNE_define_file adds files while the program runs.
            if (file > (ulong)Header.FileCount)
                return 0;
            int[] larger = new int[Header.FileCount + 2];
            Array.Copy(known, larger, known.Length);
            known = larger;
        }

        ref int number = ref known[(int)file];
        if (number == 0)
        {
            PathBuffer path = t_path ??= new PathBuffer();
            number = Header.TryGetPath(file, path) ? store.AddFile(path.Text) + 1 : 1;
        }

        return number - 1;
    }
}
