using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Compression;

/// <summary>The functions of libzstd.so.1 that unpacking needs (its zstd.h, stable part).</summary>
internal static unsafe class Libzstd
{
    /// <summary>ZSTD_d_windowLogMax.</summary>
    private const int WindowLogMax = 100;

    private static readonly nint s_library = Load();
    private static readonly delegate* unmanaged<nint> s_create = (delegate* unmanaged<nint>)Export("ZSTD_createDCtx");
    private static readonly delegate* unmanaged<nint, nuint> s_free = (delegate* unmanaged<nint, nuint>)Export("ZSTD_freeDCtx");
    private static readonly delegate* unmanaged<nint, int, int, nuint> s_setParameter =
        (delegate* unmanaged<nint, int, int, nuint>)Export("ZSTD_DCtx_setParameter");
    private static readonly delegate* unmanaged<nint, ZstdBuffer*, ZstdBuffer*, nuint> s_decompress =
        (delegate* unmanaged<nint, ZstdBuffer*, ZstdBuffer*, nuint>)Export("ZSTD_decompressStream");
    private static readonly delegate* unmanaged<nuint, uint> s_isError = (delegate* unmanaged<nuint, uint>)Export("ZSTD_isError");
    private static readonly delegate* unmanaged<nuint, nint> s_errorName = (delegate* unmanaged<nuint, nint>)Export("ZSTD_getErrorName");
    private static readonly delegate* unmanaged<byte*, nuint, ulong> s_contentSize =
        (delegate* unmanaged<byte*, nuint, ulong>)Export("ZSTD_getFrameContentSize");

    public static bool IsPresent => s_create != null && s_free != null && s_setParameter != null && s_decompress != null
        && s_isError != null && s_errorName != null && s_contentSize != null;

    /// <summary>A decoder; <see cref="Free"/> it.</summary>
    public static nint Create()
    {
        if (!IsPresent)
            throw NativeCodecs.Missing("libzstd.so.1", "libzstd1 (Debian, Ubuntu), libzstd (Fedora, RHEL) or zstd-libs (Alpine)");
        nint decoder = s_create();
        if (decoder == 0)
            throw new OutOfMemoryException();
        s_setParameter(decoder, WindowLogMax, CompressionLimits.MaxZstdWindowLog);
        return decoder;
    }

    public static void Free(nint decoder) => s_free(decoder);

    /// <summary>0 when a frame has ended and all of it was written; otherwise a hint of how much more input is wanted, or an error.</summary>
    public static nuint Decompress(nint decoder, ZstdBuffer* output, ZstdBuffer* input) => s_decompress(decoder, output, input);

    public static bool IsError(nuint result) => s_isError(result) != 0;

    public static string ErrorName(nuint result) => NativeCodecs.Text(s_errorName(result));

    /// <summary>Size of the first frame's content; 0 when the frame does not say, or is none.</summary>
    public static long ContentSize(ReadOnlySpan<byte> data)
    {
        fixed (byte* p = data)
        {
            ulong size = s_contentSize(p, (nuint)data.Length);
            // The two highest values stand for "unknown" and "no frame".
            return size > long.MaxValue ? 0 : (long)size;
        }
    }

    private static nint Load() => NativeLibrary.TryLoad("libzstd.so.1", out nint handle) ? handle : 0;

    private static nint Export(string name) => s_library != 0 && NativeLibrary.TryGetExport(s_library, name, out nint address) ? address : 0;

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which differ in constness only.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ZstdBuffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }
}
