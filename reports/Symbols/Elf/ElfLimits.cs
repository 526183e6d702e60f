namespace MemTools.Reports.Symbols.Elf;

/// <summary>
/// What the ELF reader accepts at most. Every count or size that a file claims is checked against the file's length first and
/// against these next, so that no file, however it is made, costs more memory than is written here.
/// </summary>
public static class ElfLimits
{
    /// <summary>Section headers. The format allows 2^32; the largest programs known have some hundred thousand.</summary>
    public const int MaxSections = 1 << 20;

    /// <summary>Program headers (PN_XNUM allows more than 65,535; the kernel loads at most 64 KiB of them).</summary>
    public const int MaxProgramHeaders = 1 << 16;

    /// <summary>Entries of the dynamic section that are read.</summary>
    public const int MaxDynamicEntries = 1 << 16;

    /// <summary>Version definitions and needs that are read.</summary>
    public const int MaxVersionEntries = 1 << 16;

    /// <summary>Bytes of one name; longer ones are cut there.</summary>
    public const int MaxNameBytes = 1 << 20;

    /// <summary>Bytes of one section, in the file or inflated.</summary>
    public const long MaxSectionBytes = int.MaxValue - 64;

    /// <summary>
    /// Bytes that the compressed sections of one file may inflate to together: this many times the file's size, and
    /// <see cref="InflateBase"/> more. Real debug information stays below ten times.
    /// </summary>
    public const int InflateFactor = 64;

    /// <summary>Bytes every file may inflate to, however small it is.</summary>
    public const long InflateBase = 64L << 20;

    /// <summary>
    /// Bytes of all names of sections, needed libraries or versions together: this many times their string table's size (names share tails), and
    /// <see cref="NameBytesPerEntry"/> for each.
    /// </summary>
    public const int NamesFactor = 4;

    /// <summary>See <see cref="NamesFactor"/>.</summary>
    public const int NameBytesPerEntry = 64;

    /// <summary>The same for all symbols of a table, when they are listed.</summary>
    public const int SymbolNamesFactor = 64;

    /// <summary>See <see cref="SymbolNamesFactor"/>.</summary>
    public const int SymbolNameBytesPerEntry = 4096;

    /// <summary>Bytes of all names of PLT entries together.</summary>
    public const long MaxPltNameBytes = 64L << 20;

    /// <summary>Bytes <c>.gnu_debugdata</c> may unpack to; a few megabytes for the largest libraries.</summary>
    public const long MaxMiniDebugInfoBytes = 128L << 20;

    /// <summary>Inflated size over stored size of a zlib section: deflate cannot do better than 1,032.</summary>
    public const int MaxDeflateRatio = 1040;

    /// <summary>Inflated size over stored size of a zstd or xz section; real debug information stays below 100.</summary>
    public const int MaxZstdRatio = 8192;
}
