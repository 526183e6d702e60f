namespace MemTools.Reports.Readers;

/// <summary>Keeps one copy of equal stacks and of equal symbols.</summary>
internal sealed class HeapCheckStackTable
{
    private readonly Dictionary<string, string> symbols = [];
    private readonly Dictionary<int, List<HeapCheckFrame[]>> stacks = [];

    public HeapCheckFrame[] Intern(List<HeapCheckFrame> frames)
    {
        var hash = default(HashCode);
        foreach (HeapCheckFrame frame in frames)
        {
            hash.Add(frame.Address);
            hash.Add(frame.Symbol);
        }

        int code = hash.ToHashCode();
        if (!stacks.TryGetValue(code, out List<HeapCheckFrame[]>? bucket))
        {
            stacks[code] = bucket = [];
        }

        foreach (HeapCheckFrame[] known in bucket)
        {
            if (known.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(frames)))
            {
                return known;
            }
        }

        HeapCheckFrame[] copy = [.. frames.Select(f => f.Symbol is null ? f : f with { Symbol = Intern(f.Symbol) })];
        bucket.Add(copy);
        return copy;
    }

    private string Intern(string symbol)
    {
        if (!symbols.TryGetValue(symbol, out string? known))
        {
            symbols[symbol] = known = symbol;
        }

        return known;
    }
}
