namespace MemTools.Reports.Symbols;

/// <summary>Distinct texts, numbered from 0 in the order they came. Number 0 is the empty text. Safe for use from several threads.</summary>
internal sealed class TextTable
{
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly Lock gate = new();
    private readonly Utf8Arena arena = new();
    private int[] buckets = new int[4096];
    private Entry[] entries = new Entry[2048];
    private int count;

    public TextTable() => Add(default, out _);

    public int Count => count;

    /// <summary>The text's number; <paramref name="added"/> tells whether this call brought it.</summary>
    public int Add(ReadOnlySpan<byte> text, out bool added)
    {
        ulong hash = Hash(text);
        lock (gate)
        {
            for (int i = buckets[hash & (ulong)(buckets.Length - 1)] - 1; i >= 0; i = entries[i].Next)
            {
                if (entries[i].Hash == hash && entries[i].Text.Span.SequenceEqual(text))
                {
                    added = false;
                    return i;
                }
            }

            if (count == entries.Length)
                Grow();
            ref int bucket = ref buckets[hash & (ulong)(buckets.Length - 1)];
            entries[count] = new Entry { Text = arena.Add(text), Hash = hash, Next = bucket - 1 };
            bucket = count + 1;
            added = true;
            return count++;
        }
    }

    public Utf8Text this[int index] => entries[index].Text;

    private void Grow()
    {
        var larger = new Entry[entries.Length * 2];
        Array.Copy(entries, larger, count);
        entries = larger;
        buckets = new int[entries.Length * 2];
        for (int i = 0; i < count; i++)
        {
            ref int bucket = ref buckets[entries[i].Hash & (ulong)(buckets.Length - 1)];
            entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    /// <summary>Mixes eight bytes at a time; seeded, so that no file can be made to collide.</summary>
    private static unsafe ulong Hash(ReadOnlySpan<byte> text)
    {
        ulong h = Seed ^ ((ulong)text.Length * 0x9e3779b97f4a7c15);
        fixed (byte* start = text)
        {
            byte* p = start, end = start + text.Length;
            for (; end - p >= 8; p += 8)
                h = Mix(h ^ *(ulong*)p);
            ulong rest = 0;
            for (; p < end; p++)
                rest = rest << 8 | *p;
            return Mix(h ^ rest);
        }
    }

    private static ulong Mix(ulong x)
    {
        x ^= x >> 32;
        x *= 0xd6e8feb86659fd93;
        x ^= x >> 32;
        x *= 0xd6e8feb86659fd93;
        return x ^ x >> 32;
    }

    private struct Entry
    {
        public Utf8Text Text;
        public ulong Hash;
        public int Next;
    }
}
