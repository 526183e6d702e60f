using System.Runtime.InteropServices;
using MemTools.Reports.Errors;

namespace MemTools.Reports.Readers;

/// <summary>Unpacks Zstandard data (RFC 8878) with the system's libzstd.so.1, in streaming fashion, frame after frame.</summary>
internal sealed unsafe partial class ZstdStream : ReadOnlyStream
{
    private const string Library = "libzstd.so.1";

    private readonly Stream packed;
    private readonly string name;
    private readonly byte[] input = new byte[128 * 1024];
    private IntPtr context;
    private nuint inputPosition;
    private nuint inputLength;
    private bool midFrame;

    /// <summary>Opens a stream of packed data.</summary>
    /// <exception cref="MemToolsException"><c>ZstdMissing</c> when the library is not installed.</exception>
    public ZstdStream(Stream packed, string name)
    {
        this.packed = packed;
        this.name = name;
        try
        {
            context = CreateStream();
        }
        catch (DllNotFoundException e)
        {
            throw new MemToolsException(
                "ZstdMissing", MemToolsErrorCategory.NotInstalled, $"{name} is packed with Zstandard and {Library} is not installed.", name,
                "Install libzstd (Debian: libzstd1; Fedora: libzstd), or unpack the file with zstd -d.", e);
        }
    }

    /// <summary>True for the magic number of a frame.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> beginning) => beginning.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (inputPosition == inputLength)
            {
                inputLength = (nuint)packed.Read(input);
                inputPosition = 0;
                if (inputLength == 0 && !midFrame)
                {
                    return 0;
                }
            }

            bool atEnd = inputLength == 0;
            nuint written = Decompress(buffer);
            if (written > 0)
            {
                return (int)written;
            }

            if (atEnd)
            {
                // A process that was killed leaves an unfinished frame; the reader of the content sees where it ends.
                midFrame = false;
                return 0;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (context != 0)
        {
            FreeStream(context);
            context = 0;
        }

        if (disposing)
        {
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    private nuint Decompress(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(context == 0, this);
        fixed (byte* source = input)
        fixed (byte* target = buffer)
        {
            var from = new Buffer { Data = source, Size = inputLength, Position = inputPosition };
            var to = new Buffer { Data = target, Size = (nuint)buffer.Length };
            nuint result = DecompressStream(context, &to, &from);
            if (IsError(result) != 0)
            {
                throw ReportErrors.Malformed(name, (long)(packed.CanSeek ? packed.Position : 0), $"the Zstandard data is damaged: {Marshal.PtrToStringUTF8(ErrorName(result))}");
            }

            inputPosition = from.Position;
            midFrame = result != 0;
            return to.Position;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Data;
        public nuint Size;
        public nuint Position;
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial IntPtr CreateStream();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    private static partial nuint FreeStream(IntPtr stream);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(IntPtr stream, Buffer* output, Buffer* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial IntPtr ErrorName(nuint code);
}
