using System.IO.Compression;

namespace MemTools.Reports.Readers;

/// <summary>A report's bytes, unpacked when they were gzip or Zstandard, with their first bytes at hand to recognise the format.</summary>
internal sealed class ReportStream : IDisposable
{
    private readonly Stream source;

    private ReportStream(Stream source, byte[] beginning, Stream content, bool isPacked)
    {
        this.source = source;
        Beginning = beginning;
        Content = content;
        IsPacked = isPacked;
        Format = ReportFormats.Recognize(beginning);
    }

    /// <summary>What the content is.</summary>
    public ReportFormat Format { get; }

    /// <summary>The first bytes of the content.</summary>
    public byte[] Beginning { get; }

    /// <summary>All of the content, from its first byte; can be read once.</summary>
    public Stream Content { get; }

    /// <summary>True when the file was compressed.</summary>
    public bool IsPacked { get; }

    /// <summary>Looks at a file's beginning; pipes work too, as nothing is read twice.</summary>
    public static ReportStream Open(Stream source, string name)
    {
        byte[] packed = ReadBeginning(source);
        var whole = new CountingStream(new PrefixedStream(packed, source));
        Stream? unpacked = packed is [0x1F, 0x8B, ..] ? new GZipStream(whole, CompressionMode.Decompress)
            : ZstdStream.Recognizes(packed) ? new ZstdStream(whole, name)
            : null;
        if (unpacked is null)
        {
            return new ReportStream(source, packed, whole, false);
        }

        var guarded = new UnpackedStream(unpacked, whole, name);
        byte[] beginning = ReadBeginning(guarded);
        return new ReportStream(source, beginning, new PrefixedStream(beginning, guarded), true);
    }

    public void Dispose()
    {
        Content.Dispose();
        source.Dispose();
    }

    private static byte[] ReadBeginning(Stream stream)
    {
        byte[] beginning = new byte[ReportFormats.BeginningLength];
        int read = 0;
        int got;
        while (read < beginning.Length && (got = stream.Read(beginning, read, beginning.Length - read)) > 0)
        {
            read += got;
        }

        return read == beginning.Length ? beginning : beginning[..read];
    }
}
