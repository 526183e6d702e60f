using MemTools.Reports.Errors;

namespace MemTools.Reports.Readers;

/// <summary>What a compressed file expands to. Damage becomes an error that names file and byte; an expansion that no profile has is refused.</summary>
internal sealed class UnpackedStream(Stream content, CountingStream packed, string name) : ReadOnlyStream
{
    /// <summary>Expansions up to here are taken without question.</summary>
    private const long Harmless = 256L << 20;

    /// <summary>Text of real profiles shrinks 5 to 30 times; deflate can do 1,032 on repeated bytes, Zstandard any factor.</summary>
    private const long LargestFactor = 300;

    private long length;

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw ReportErrors.Malformed(name, packed.Count, $"the compressed data is damaged, {length} bytes into its content: {e.Message}", e);
        }

        length += read;
        if (length > Harmless && length / LargestFactor > packed.Count)
        {
            throw new MemToolsException(
                "ProfileTooLarge", MemToolsErrorCategory.InvalidData,
                $"{name}, byte {packed.Count}: the compressed data expands more than {LargestFactor} times, to more than {length >> 20} MiB.", name,
                "Check that the file is a profile; if it is, unpack it and give the unpacked file.");
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Counts what was read of a file.</summary>
internal sealed class CountingStream(Stream content) : ReadOnlyStream
{
    public long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read = content.Read(buffer);
        Count += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }
}
