namespace MemTools.Reports.Symbols.Compression;

/// <summary>What unpacking may cost, whatever the compressed data claim.</summary>
public static class CompressionLimits
{
    /// <summary>Largest result of one call: what an array holds.</summary>
    public static readonly long MaxOutputBytes = Array.MaxLength;

    /// <summary>Memory that liblzma may take for its dictionary; <c>xz -9</c> needs 65 MiB.</summary>
    public const ulong MaxXzMemoryBytes = 256UL << 20;

    /// <summary>Base-2 logarithm of zstd's window; 27 (128 MiB) is what every decoder of the format accepts.</summary>
    public const int MaxZstdWindowLog = 27;

    /// <summary>First size of a result whose size the data do not tell.</summary>
    internal const int FirstOutputBytes = 64 * 1024;
}
