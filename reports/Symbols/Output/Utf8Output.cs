namespace MemTools.Reports.Symbols.Output;

/// <summary>Text in UTF-8, collected and written to a stream in large pieces.</summary>
internal sealed class Utf8Output(Stream stream) : IDisposable
{
    private const int FlushAt = 1 << 16;
    private byte[] buffer = new byte[FlushAt + 4096];
    private int used;

    public void Write(ReadOnlySpan<byte> text)
    {
        if (text.Length > buffer.Length - used)
        {
            Flush();
            if (text.Length > buffer.Length)
            {
                stream.Write(text);
                return;
            }
        }

        text.CopyTo(buffer.AsSpan(used));
        used += text.Length;
    }

    public void Write(byte character) => Write(new ReadOnlySpan<byte>(in character));

    public void Write(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        ulong rest = (ulong)Math.Max(0, number);
        do
        {
            digits[--at] = (byte)('0' + rest % 10);
            rest /= 10;
        }
        while (rest > 0);
        Write(digits[at..]);
    }

    /// <summary>A number in lower-case hex, filled up with zeros to at least so many digits.</summary>
    public void WriteHex(ulong number, int minimum = 1)
    {
        Span<byte> digits = stackalloc byte[16];
        int at = digits.Length;
        do
        {
            digits[--at] = "0123456789abcdef"u8[(int)(number & 15)];
            number >>= 4;
        }
        while (number > 0 || digits.Length - at < minimum);
        Write(digits[at..]);
    }

    public void Flush()
    {
        if (used > 0)
            stream.Write(buffer, 0, used);
        used = 0;
        stream.Flush();
    }

    public void Dispose() => Flush();
}
