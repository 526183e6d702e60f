using System.Runtime.InteropServices;

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
            entries[count] = new Entry(arena.Add(text), hash, bucket - 1);
            bucket = count + 1;
            added = true;
            return count++;
        }
    }

    public Utf8Text this[int index] => entries[index].Text;

    private void Grow()
    {
        Array.Resize(ref entries, entries.Length * 2);
        buckets = new int[entries.Length * 2];
        for (int i = 0; i < count; i++)
        {
            ref int bucket = ref buckets[entries[i].Hash & (ulong)(buckets.Length - 1)];
            entries[i] = entries[i] with { Next = bucket - 1 };
            bucket = i + 1;
        }
    }

    /// <summary>Mixes eight bytes at a time; seeded, so that no file can be made to collide.</summary>
    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        ulong h = Seed ^ ((ulong)text.Length * 0x9e3779b97f4a7c15);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(text);
        foreach (ulong word in words)
            h = Mix(h ^ word);
        ulong rest = 0;
        foreach (byte b in text[(words.Length * 8)..])
            rest = rest << 8 | b;
        return Mix(h ^ rest);

        static ulong Mix(ulong x)
        {
            ulong high = Math.BigMul(x, 0xd6e8feb86659fd93, out ulong low);
            return high ^ low;
        }
    }

    private readonly record struct Entry(Utf8Text Text, ulong Hash, int Next);
}
