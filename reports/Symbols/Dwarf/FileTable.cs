namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>File numbers of a unit's line program → numbers in the result. Paths are composed once each, when asked for.</summary>
internal sealed class FileTable(LineHeader header, SymbolStore store)
{
    private readonly List<byte> path = [];
    private int[] known = new int[header.FileCount + 2];

    public LineHeader Header => header;

    /// <summary>The file table of a unit; null when it has no line program or that is damaged.</summary>
    public static FileTable? TryOpen(DwarfUnit unit, SymbolStore store)
    {
        // Split units use the line program of their skeleton.
        DwarfUnit owner = unit.Skeleton ?? unit;
        if (owner.LineOffset is not { } offset)
            return null;
        try
        {
            return new FileTable(LineHeader.Parse(owner, offset), store);
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
            if (file > (ulong)header.FileCount + 1)
                return 0;
            Array.Resize(ref known, header.FileCount + 2);
        }

        ref int number = ref known[(int)file];
        if (number == 0)
        {
            number = header.TryGetPath(file, path)
                ? store.AddFile(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)) + 1
                : 1;
        }

        return number - 1;
    }
}
