namespace MemTools.Reports.Symbols.Compression.Inflate;

/// <summary>
/// A lookup table for one Huffman code of a deflate block: indexed by the next bits of the input, with second-level tables for the codes that
/// are longer than the index (as every fast inflater since zlib has it).
/// </summary>
/// <remarks>
/// An entry: bits 0-7 how many bits it takes, extra bits included (for a second-level table: its index's bits); bits 8-11 how many of them are
/// the code's own; bits 13-15 flags; bits 16-30 the literal, the base of the length or distance, or where the second-level table starts.
/// </remarks>
internal static unsafe class HuffmanTable
{
    public const uint Literal = 1u << 31;

    /// <summary>Neither literal, length nor distance; alone it marks a code that does not exist.</summary>
    public const uint Exceptional = 1u << 15;

    public const uint Subtable = 1u << 14;

    public const uint EndOfBlock = 1u << 13;

    public const int MaxCodeBits = 15;

    /// <summary>Fills a table.</summary>
    /// <param name="lengths">Bits of each symbol's code, 0 for none.</param>
    /// <param name="symbols">What each symbol's entry holds besides its bits.</param>
    /// <param name="table">Room for <paramref name="capacity"/> entries.</param>
    /// <param name="indexBits">Bits of the first level's index.</param>
    /// <param name="capacity">Entries of both levels together.</param>
    /// <returns>False when the lengths are no prefix code.</returns>
    public static bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> symbols, uint* table, int indexBits, int capacity)
    {
        Span<int> left = stackalloc int[MaxCodeBits + 1];
        Span<int> place = stackalloc int[MaxCodeBits + 2];
        Span<ushort> order = stackalloc ushort[288];
        left.Clear();
        foreach (byte length in lengths)
            left[length]++;
        left[0] = 0;
        int longest = MaxCodeBits;
        while (longest > 0 && left[longest] == 0)
            longest--;
        int size = 1 << indexBits;
        new Span<uint>(table, size).Fill(Exceptional);
        if (longest == 0)
            return true;
        int room = 1;
        place[1] = 0;
        for (int n = 1; n <= MaxCodeBits; n++)
        {
            room = room * 2 - left[n];
            place[n + 1] = place[n] + left[n];
            if (room < 0)
                return false;
        }

        // A code of a single bit may leave the other value unused (RFC 1951, 3.2.7); any other gap is damage.
        if (room > 0 && longest != 1)
            return false;
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
                order[place[lengths[symbol]]++] = (ushort)symbol;
        }

        uint code = 0;
        int bits = 1, next = size, subtable = 0, subtableBits = 0;
        uint prefix = uint.MaxValue;
        int total = place[longest];
        for (int i = 0; i < total; i++)
        {
            int symbol = order[i], length = lengths[symbol];
            code <<= length - bits;
            bits = length;
            uint entry = symbols[symbol] + (uint)(length | length << 8), reversed = Reverse(code, length);
            code++;
            if (length <= indexBits)
            {
                for (uint at = reversed; at < (uint)size; at += 1u << length)
                    table[at] = entry;
            }
            else
            {
                uint first = reversed & (uint)(size - 1);
                if (first != prefix)
                {
                    prefix = first;
                    subtable = next;
                    subtableBits = SubtableBits(left, length, indexBits, longest);
                    next += 1 << subtableBits;
                    if (next > capacity)
                        return false;
                    new Span<uint>(table + subtable, 1 << subtableBits).Fill(Exceptional);
                    table[first] = Exceptional | Subtable | (uint)subtable << 16 | (uint)subtableBits;
                }

                for (uint at = reversed >> indexBits; at < 1u << subtableBits; at += 1u << (length - indexBits))
                    table[subtable + at] = entry;
            }

            left[length]--;
        }

        return true;
    }

    /// <summary>Bits of a second-level table that starts with a code of some length: enough for all codes with its prefix.</summary>
    private static int SubtableBits(Span<int> left, int length, int indexBits, int longest)
    {
        int bits = length - indexBits, room = 1 << bits;
        while (bits + indexBits < longest)
        {
            room -= left[bits + indexBits];
            if (room <= 0)
                break;
            bits++;
            room <<= 1;
        }

        return bits;
    }

    private static uint Reverse(uint code, int length)
    {
        uint result = 0;
        for (int i = 0; i < length; i++, code >>= 1)
            result = result << 1 | code & 1;
        return result;
    }
}
