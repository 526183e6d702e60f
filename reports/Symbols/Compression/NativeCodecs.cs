using System.Runtime.InteropServices;
using MemTools.Reports.Errors;

namespace MemTools.Reports.Symbols.Compression;

/// <summary>
/// Unpacks xz and zstd with the system's own libraries, which the .NET framework has not: MiniDebugInfo
/// (<c>.gnu_debugdata</c>) is xz, and compressed sections may be zstd.
/// </summary>
public static class NativeCodecs
{
    /// <summary>Unpacks a whole .xz file, or several in a row.</summary>
    /// <param name="data">The compressed bytes.</param>
    /// <param name="limit">Most bytes that the result may have.</param>
    /// <exception cref="MemToolsException">CompressionLibraryMissing, CompressedDataInvalid or CompressedDataTooLarge.</exception>
    public static byte[] XzDecompress(ReadOnlySpan<byte> data, long limit) => XzDecoder.Decompress(data, limit);

    /// <summary>Unpacks zstd frames, one or several in a row.</summary>
    /// <param name="data">The compressed bytes.</param>
    /// <param name="limit">Most bytes that the result may have.</param>
    /// <exception cref="MemToolsException">CompressionLibraryMissing, CompressedDataInvalid or CompressedDataTooLarge.</exception>
    public static byte[] ZstdDecompress(ReadOnlySpan<byte> data, long limit) => ZstdDecoder.Decompress(data, limit);

    /// <summary>A stream of what <paramref name="compressed"/> holds as zstd frames. Disposing it disposes the source, too.</summary>
    /// <exception cref="MemToolsException">CompressionLibraryMissing; reading may end in CompressedDataInvalid.</exception>
    public static Stream OpenZstd(Stream compressed) => new ZstdStream(compressed);

    /// <summary>Whether xz can be unpacked on this machine.</summary>
    public static bool HasXz => Liblzma.IsPresent;

    /// <summary>Whether zstd can be unpacked on this machine.</summary>
    public static bool HasZstd => Libzstd.IsPresent;

    internal static MemToolsException Missing(string library, string package) => new(
        "CompressionLibraryMissing", MemToolsErrorCategory.NotInstalled, $"{library} is not on this machine.", library,
        $"Install the package {package}.");

    internal static MemToolsException Invalid(string format, string reason) => new(
        "CompressedDataInvalid", MemToolsErrorCategory.InvalidData, $"The {format} data cannot be unpacked: {reason}.", null,
        "Get the file again; it is damaged or cut short.");

    internal static MemToolsException TooLarge(string format, long limit) => new(
        "CompressedDataTooLarge", MemToolsErrorCategory.InvalidData, $"The {format} data unpack to more than the {limit} bytes allowed.", null,
        "Do not use a file from a source that you do not trust: real debug information does not unpack to such a size.");

    internal static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "unknown error";
}
