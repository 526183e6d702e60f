using MemTools.Reports.Symbols.Collections;

namespace MemTools.Reports.Symbols.Elf;

/// <summary>Parts of a section that are done with, joined where they meet. They come nearly in order, so that there are few.</summary>
internal sealed class RangeList
{
    private readonly Rows<Part> parts = new();

    /// <summary>Adds a part.</summary>
    /// <returns>The part and what it was joined with.</returns>
    public (int Start, int End) Add(int start, int end)
    {
        int at = parts.Count;
        while (at > 0 && parts[at - 1].Start > start)
            at--;
        bool joinsBefore = at > 0 && parts[at - 1].End >= start, joinsAfter = at < parts.Count && parts[at].Start <= end;
        if (joinsBefore && joinsAfter)
        {
            parts[at - 1].End = Math.Max(parts[at - 1].End, Math.Max(end, parts[at].End));
            RemoveAt(at);
            at--;
        }
        else if (joinsBefore)
        {
            parts[--at].End = Math.Max(parts[at].End, end);
        }
        else if (joinsAfter)
        {
            parts[at].Start = start;
            parts[at].End = Math.Max(parts[at].End, end);
        }
        else
        {
            parts.Add(default);
            Array.Copy(parts.Items, at, parts.Items, at + 1, parts.Count - 1 - at);
            parts[at] = new Part { Start = start, End = end };
        }

        return (parts[at].Start, parts[at].End);
    }

    private void RemoveAt(int index)
    {
        Array.Copy(parts.Items, index + 1, parts.Items, index, parts.Count - 1 - index);
        parts.RemoveLast();
    }

    private struct Part
    {
        public int Start, End;
    }
}
