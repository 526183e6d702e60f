using System.Text;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>
/// Bytes that the names of one table may have together. Names may overlap, so that a string table read again for each of many entries would cost
/// its size each time.
/// </summary>
/// <param name="bytes">How many; names are cut where they end.</param>
internal sealed class NameBudget(long bytes)
{
    private long left = bytes;

    /// <summary>For a table of sections, libraries or versions.</summary>
    public static NameBudget For(int stringBytes, long entries) => new(stringBytes * (long)ElfLimits.NamesFactor + entries * ElfLimits.NameBytesPerEntry);

    /// <summary>For a symbol table: the long names of C++ may be shared by more symbols.</summary>
    public static NameBudget ForSymbols(long stringBytes, long entries) => new(stringBytes * ElfLimits.SymbolNamesFactor + entries * ElfLimits.SymbolNameBytesPerEntry);

    /// <summary>The text at an offset of a string table; empty when the offset lies outside or the budget is spent.</summary>
    public string TextAt(ReadOnlySpan<byte> table, ulong offset)
    {
        if (left <= 0)
            return "";
        ReadOnlySpan<byte> text = ElfReader.StringAt(table, offset);
        left -= text.Length;
        return Encoding.UTF8.GetString(text);
    }
}
