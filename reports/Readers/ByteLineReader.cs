namespace MemTools.Reports.Readers;

/// <summary>
/// Splits a stream into lines without making strings. Counts lines and bytes for error messages; a line longer than the limit is an error
/// of the caller's format, so memory stays bounded.
/// </summary>
internal sealed class ByteLineReader(Stream stream, int maxLine = 16 * 1024 * 1024)
{
    private byte[] buffer = new byte[256 * 1024];
    private int start;
    private int end;
    private bool endOfStream;

    /// <summary>1-based number of the current line; 0 before the first.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Byte offset of the current line in the stream.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes consumed, the current line included.</summary>
    public long Position { get; private set; }

    /// <summary>The current line without its newline.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart, lineLength);

    /// <summary>False when the stream ended in the middle of the current line.</summary>
    public bool HasNewline { get; private set; }

    /// <summary>True when the current line is longer than the limit; only its beginning is in <see cref="Line"/>.</summary>
    public bool IsTooLong { get; private set; }

    private int lineStart;
    private int lineLength;

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool Next()
    {
        int searched = start;
        while (true)
        {
            int newline = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                return Take(searched + newline - start, true);
            }

            if (endOfStream)
            {
                return start < end && Take(end - start, false);
            }

            int kept = end - start;
            if (kept >= maxLine)
            {
                IsTooLong = true;
                return Take(kept, false);
            }

            Fill();
            searched = start + kept;
        }
    }

    private bool Take(int length, bool newline)
    {
        LineNumber++;
        Offset = Position;
        lineStart = start;
        lineLength = length;
        HasNewline = newline;
        int consumed = length + (newline ? 1 : 0);
        Position += consumed;
        start += consumed;
        return true;
    }

    private void Fill()
    {
        if (start > 0)
        {
            Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        int read = stream.Read(buffer, end, buffer.Length - end);
        endOfStream = read == 0;
        end += read;
    }
}
