using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Compression;
using MemTools.Reports.Symbols.Compression.Inflate;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>
/// Unpacks a compressed section from its start on, as far as it is asked, into a buffer of its whole size. Parts that were looked at can be given
/// back before the end is reached, so that a large section never lies in memory whole. One thread unpacks; others may give back.
/// </summary>
internal sealed unsafe class SectionInflater : IDisposable
{
    /// <summary>Bytes unpacked at a time: they are still in the cache when their checksum is made.</summary>
    private const int Step = 1 << 18;

    private readonly MappedFile file;
    private readonly byte* stored;
    private readonly int storedLength, headerBytes;
    private readonly ZlibDecoder? zlib;
    private readonly Stream? zstd;
    private readonly RangeList done = new();
    private volatile int position;
    private int released;

    /// <summary>Starts; nothing is unpacked yet.</summary>
    /// <param name="file">The file that holds the section.</param>
    /// <param name="header">The section's header.</param>
    /// <param name="bytes">The section as stored: mapped memory.</param>
    public SectionInflater(MappedFile file, CompressedSection header, ReadOnlySpan<byte> bytes)
    {
        this.file = file;
        stored = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes));
        storedLength = bytes.Length;
        headerBytes = header.HeaderBytes;
        Buffer = new NativeBuffer((int)header.Size);
        int payload = storedLength - header.HeaderBytes;
        try
        {
            if (header.Algorithm == SectionCompression.Zstd)
                zstd = NativeCodecs.OpenZstd(new UnmanagedMemoryStream(stored + header.HeaderBytes, payload));
            else
                zlib = new ZlibDecoder(stored + header.HeaderBytes, payload, Buffer.Start, Buffer.Length);
        }
        catch
        {
            Buffer.Dispose();
            throw;
        }
    }

    /// <summary>The section: valid up to <see cref="Position"/>, but for what was given back.</summary>
    public NativeBuffer Buffer { get; private set; }

    /// <summary>Bytes unpacked so far.</summary>
    public int Position => position;

    /// <summary>Unpacks at least up to a position, and at the end checks what follows.</summary>
    /// <exception cref="InflateException">The data are damaged.</exception>
    /// <exception cref="MemToolsException">zstd data are damaged.</exception>
    public void Advance(int until)
    {
        do
        {
            int next = Math.Min(until, position + Step);
            if (zlib is not null)
            {
                zlib.Advance(next);
                position = zlib.Position;
                ReleaseStored(headerBytes + zlib.Consumed);
            }
            else
            {
                ReadZstd(next);
            }
        }
        while (position < until);
        if (position == Buffer.Length)
            ReleaseStored(storedLength);
    }

    /// <summary>Gives back the memory of a part that nobody looks at again.</summary>
    public void Release(int from, int to)
    {
        lock (done)
        {
            (int start, int end) = done.Add(from, to);
            // Pages that a part shares with its neighbours go when those are done. zlib still refers to the last bytes; they go with the next part.
            int page = Environment.SystemPageSize, safe = position == Buffer.Length ? position : position - ZlibDecoder.Window;
            Buffer.Release(Math.Max(start, from - 2 * ZlibDecoder.Window), Math.Min(Math.Min(end, to + page), safe));
        }
    }

    /// <summary>Ends it but keeps what was unpacked.</summary>
    public NativeBuffer TakeBuffer()
    {
        NativeBuffer result = Buffer;
        Buffer = new NativeBuffer(0);
        Dispose();
        return result;
    }

    public void Dispose()
    {
        zlib?.Dispose();
        zstd?.Dispose();
        Buffer.Dispose();
    }

    /// <summary>What was unpacked is not looked at again, and would count as this process's memory.</summary>
    private void ReleaseStored(int until)
    {
        if (until - released < Step && until != storedLength)
            return;
        file.Release(new ReadOnlySpan<byte>(stored + released, until - released));
        released = until & -Environment.SystemPageSize;
    }

    private void ReadZstd(int until)
    {
        int at = position;
        while (at < until)
        {
            int n = zstd!.Read(Buffer.Span[at..]);
            if (n == 0)
                throw new InflateException($"it ends after {at} bytes of {Buffer.Length}");
            position = at += n;
        }
    }
}
