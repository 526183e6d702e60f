namespace MemTools.Allocators.Catalog;

/// <summary>Orders version texts: numbers by value, other parts by text, <c>2.10</c> after <c>2.9</c>.</summary>
public static class LibraryVersion
{
    /// <summary>Negative, zero or positive as <paramref name="left"/> is older than, equal to or newer than <paramref name="right"/>.</summary>
    public static int Compare(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        }

        int i = 0, j = 0;
        while (i < left.Length || j < right.Length)
        {
            var (a, b) = (Part(left, ref i), Part(right, ref j));
            var order = (a, b) switch
            {
                ({ Number: { } x }, { Number: { } y }) => x.CompareTo(y),
                ({ Number: not null }, _) => 1,
                (_, { Number: not null }) => -1,
                _ => string.CompareOrdinal(a.Text, b.Text),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private static (UInt128? Number, string Text) Part(string text, ref int at)
    {
        while (at < text.Length && text[at] is ('.' or '-' or '_'))
        {
            at++;
        }

        var start = at;
        if (at >= text.Length)
        {
            return (null, "");
        }

        var digits = char.IsAsciiDigit(text[at]);
        while (at < text.Length && char.IsAsciiDigit(text[at]) == digits && text[at] is not ('.' or '-' or '_'))
        {
            at++;
        }

        var part = text[start..at];
        return digits && UInt128.TryParse(part, out var number) ? (number, part) : (null, part);
    }
}
