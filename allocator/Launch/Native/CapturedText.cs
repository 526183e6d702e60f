using System.Text;

namespace MemTools.Allocators.Launch.Native;

/// <summary>Keeps the beginning of a stream as text, and tells its lines as they come.</summary>
internal sealed class CapturedText(int limit, Action<string>? onLine, Lock lineGate)
{
    private const int LongestLine = 64 * 1024;
    private readonly MemoryStream kept = new();
    private readonly MemoryStream line = new();

    public void Add(ReadOnlyMemory<byte> bytes)
    {
        int room = (int)Math.Min(limit - kept.Length, bytes.Length);
        if (room > 0)
            kept.Write(bytes.Span[..room]);
        if (onLine is null)
            return;
        ReadOnlySpan<byte> rest = bytes.Span;
        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            line.Write(rest[..end]);
            rest = rest[(end + 1)..];
            Flush();
        }
        line.Write(rest);
        if (line.Length > LongestLine)
            Flush();
    }

    /// <summary>The text; only after the stream has ended.</summary>
    public string Finish()
    {
        if (line.Length > 0)
            Flush();
        return Text(kept);
    }

    private void Flush()
    {
        string text = Text(line).TrimEnd('\r');
        line.SetLength(0);
        lock (lineGate)
            onLine!(text);
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
}
