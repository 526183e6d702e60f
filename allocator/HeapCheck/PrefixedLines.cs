using System.Text;

namespace MemTools.Allocators.HeapCheck;

/// <summary>
/// Tells an engine's lines, which all begin with the same words, from the program's. A partial line is handed on as soon as it cannot begin with them.
/// </summary>
internal sealed class PrefixedLines(byte[] prefix, Action<ReadOnlyMemory<byte>>? onProgram, Action<ReadOnlyMemory<byte>>? onChecker) : ICheckerText
{
    private const int MaximumLines = 1000;
    private const int LongestLine = 16 * 1024;
    private readonly MemoryStream held = new();
    private readonly List<string> words = [];
    private bool isProgramLine;

    /// <inheritdoc/>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..(end + 1)];
            bytes = bytes[part.Length..];
            Take(part, isWhole: end >= 0);
        }
    }

    /// <inheritdoc/>
    public void FlushPending()
    {
        if (held.Length > 0 && held.Length < prefix.Length)
            Show(isChecker: false);
    }

    /// <inheritdoc/>
    public object Complete()
    {
        if (held.Length > 0)
            Show(isChecker: held.Length >= prefix.Length);
        return words;
    }

    private void Take(ReadOnlySpan<byte> part, bool isWhole)
    {
        held.Write(part);
        if (!isProgramLine && !CouldBeChecker())
            isProgramLine = true;
        bool isChecker = !isProgramLine;
        if (isChecker && !isWhole && held.Length < LongestLine)
            return;
        Show(isChecker);
        if (isWhole)
            isProgramLine = false;
    }

    private bool CouldBeChecker()
    {
        int length = (int)Math.Min(held.Length, prefix.Length);
        return held.GetBuffer().AsSpan(0, length).SequenceEqual(prefix.AsSpan(0, length));
    }

    private void Show(bool isChecker)
    {
        ReadOnlyMemory<byte> line = held.GetBuffer().AsMemory(0, (int)held.Length);
        if (isChecker && words.Count < MaximumLines)
            words.Add(Encoding.UTF8.GetString(line.Span).TrimEnd());
        (isChecker ? onChecker : onProgram)?.Invoke(line);
        isProgramLine |= !isChecker;
        held.SetLength(0);
    }
}
