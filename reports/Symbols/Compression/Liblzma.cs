using System.Runtime.InteropServices;

namespace MemTools.Reports.Symbols.Compression;

/// <summary>The functions of liblzma.so.5 that unpacking needs (its lzma/base.h and lzma/container.h).</summary>
internal static unsafe class Liblzma
{
    public const int Ok = 0, StreamEnd = 1, MemoryError = 5, MemoryLimitError = 6, FormatError = 7, OptionsError = 8, DataError = 9, BufferError = 10;
    public const int Run = 0, Finish = 3;

    /// <summary>LZMA_CONCATENATED: several .xz files in a row are one.</summary>
    public const uint Concatenated = 0x08;

    private static readonly nint s_library = Load();
    private static readonly delegate* unmanaged<LzmaStream*, ulong, uint, int> s_streamDecoder =
        (delegate* unmanaged<LzmaStream*, ulong, uint, int>)Export("lzma_stream_decoder");
    private static readonly delegate* unmanaged<LzmaStream*, int, int> s_code = (delegate* unmanaged<LzmaStream*, int, int>)Export("lzma_code");
    private static readonly delegate* unmanaged<LzmaStream*, void> s_end = (delegate* unmanaged<LzmaStream*, void>)Export("lzma_end");

    public static bool IsPresent => s_library != 0 && s_streamDecoder != null && s_code != null && s_end != null;

    public static int StreamDecoder(LzmaStream* stream, ulong memoryLimit, uint flags) => s_streamDecoder(stream, memoryLimit, flags);

    public static int Code(LzmaStream* stream, int action) => s_code(stream, action);

    public static void End(LzmaStream* stream) => s_end(stream);

    private static nint Load() => NativeLibrary.TryLoad("liblzma.so.5", out nint handle) ? handle : 0;

    private static nint Export(string name) => s_library != 0 && NativeLibrary.TryGetExport(s_library, name, out nint address) ? address : 0;

    /// <summary>lzma_stream.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LzmaStream
    {
        public byte* NextIn;
        public nuint AvailableIn;
        public ulong TotalIn;
        public byte* NextOut;
        public nuint AvailableOut;
        public ulong TotalOut;
        public nint Allocator;
        public nint Internal;
        public nint Reserved1;
        public nint Reserved2;
        public nint Reserved3;
        public nint Reserved4;
        public ulong SeekPosition;
        public ulong ReservedInt2;
        public nuint ReservedInt3;
        public nuint ReservedInt4;
        public int ReservedEnum1;
        public int ReservedEnum2;
    }
}
