using System.Text;

namespace MemTools.Containers.Targets;

/// <summary>Keeps a stream's first bytes and passes its lines on.</summary>
internal sealed class CapturedStream(int limit, Action<string>? onLine)
{
    private const int MaxLineBytes = 64 * 1024;
    private readonly MemoryStream kept = new();
    private readonly MemoryStream line = new();

    public void Add(ReadOnlyMemory<byte> bytes)
    {
        int room = (int)Math.Min(bytes.Length, limit - kept.Length);
        if (room > 0)
            kept.Write(bytes.Span[..room]);
        if (onLine is null)
            return;
        ReadOnlySpan<byte> rest = bytes.Span;
        int end;
        while ((end = rest.IndexOf((byte)'\n')) >= 0)
        {
            Append(rest[..end]);
            EndLine();
            rest = rest[(end + 1)..];
        }

        Append(rest);
    }

    /// <summary>The text, with a last line that had no end passed on.</summary>
    public string Finish()
    {
        if (line.Length > 0)
            EndLine();
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (line.Length < MaxLineBytes)
            line.Write(part);
    }

    private void EndLine()
    {
        onLine?.Invoke(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r'));
        line.SetLength(0);
    }
}
