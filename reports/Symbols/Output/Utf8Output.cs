using System.Buffers;
using System.Buffers.Text;

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
        Utf8Formatter.TryFormat(number, digits, out int length);
        Write(digits[..length]);
    }

    public void WriteHex(ulong number)
    {
        Span<byte> digits = stackalloc byte[16];
        Utf8Formatter.TryFormat(number, digits, out int length, new StandardFormat('x'));
        Write(digits[..length]);
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
