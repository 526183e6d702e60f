namespace MemTools.Reports.Symbols.Compression.Inflate;

/// <content>The codes of a block (RFC 1951, 3.2.5-3.2.7).</content>
internal sealed unsafe partial class ZlibDecoder
{
    private const int LiteralSymbols = 288, DistanceSymbols = 32, LengthSymbols = 19, EndSymbol = 256;

    private static readonly byte[] LengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly uint[] LiteralEntryOf = MakeLiterals(), DistanceEntryOf = MakeDistances(), LengthEntryOf = MakeLengths();

    private static uint[] MakeLiterals()
    {
        var result = new uint[LiteralSymbols];
        for (uint i = 0; i < EndSymbol; i++)
            result[i] = HuffmanTable.Literal | i << 16;
        result[EndSymbol] = HuffmanTable.Exceptional | HuffmanTable.EndOfBlock;
        // Eight lengths of one, then four each with one more extra bit than the four before; 258 has a code of its own.
        uint length = 3;
        for (int i = 0; i < 28; i++)
        {
            uint extra = i < 8 ? 0 : (uint)i / 4 - 1;
            result[257 + i] = length << 16 | extra;
            length += 1u << (int)extra;
        }

        result[285] = 258u << 16;
        result[286] = result[287] = HuffmanTable.Exceptional;
        return result;
    }

    private static uint[] MakeDistances()
    {
        var result = new uint[DistanceSymbols];
        uint distance = 1;
        for (int i = 0; i < 30; i++)
        {
            uint extra = i < 4 ? 0 : (uint)i / 2 - 1;
            result[i] = distance << 16 | extra;
            distance += 1u << (int)extra;
        }

        result[30] = result[31] = HuffmanTable.Exceptional;
        return result;
    }

    private static uint[] MakeLengths()
    {
        var result = new uint[LengthSymbols];
        for (uint i = 0; i < LengthSymbols; i++)
            result[i] = HuffmanTable.Literal | i << 16;
        return result;
    }

    private void FixedCodes()
    {
        Span<byte> lengths = stackalloc byte[LiteralSymbols + DistanceSymbols];
        lengths[..144].Fill(8);
        lengths[144..256].Fill(9);
        lengths[256..280].Fill(7);
        lengths[280..288].Fill(8);
        lengths[288..].Fill(5);
        Build(lengths[..LiteralSymbols], lengths[LiteralSymbols..]);
    }

    private void DynamicCodes()
    {
        int literalCount = (int)Take(5) + 257, distanceCount = (int)Take(5) + 1, lengthCount = (int)Take(4) + 4;
        if (literalCount > 286 || distanceCount > 30)
            throw new InflateException("a block has more symbols than there are");
        Span<byte> lengths = stackalloc byte[LiteralSymbols + DistanceSymbols];
        lengths.Clear();
        for (int i = 0; i < lengthCount; i++)
            lengths[LengthOrder[i]] = (byte)Take(3);
        if (!HuffmanTable.TryBuild(lengths[..LengthSymbols], LengthEntryOf, lengthCodes, LengthIndexBits, LengthEntries))
            throw new InflateException("a block's code of code lengths is damaged");
        lengths.Clear();
        int total = literalCount + distanceCount;
        for (int i = 0; i < total;)
        {
            Refill();
            uint entry = lengthCodes[(int)bits & ((1 << LengthIndexBits) - 1)];
            if ((entry & HuffmanTable.Literal) == 0)
                throw new InflateException("a code length that does not exist");
            Drop((byte)entry);
            int symbol = (int)(entry >> 16 & 31);
            if (symbol < 16)
            {
                lengths[i++] = (byte)symbol;
                continue;
            }

            if (symbol == 16 && i == 0)
                throw new InflateException("a code length repeats nothing");
            byte value = symbol == 16 ? lengths[i - 1] : (byte)0;
            int count = symbol switch { 16 => 3 + (int)Take(2), 17 => 3 + (int)Take(3), _ => 11 + (int)Take(7) };
            if (count > total - i)
                throw new InflateException("a block has more code lengths than symbols");
            lengths.Slice(i, count).Fill(value);
            i += count;
        }

        if (lengths[EndSymbol] == 0)
            throw new InflateException("a block without an end");
        Build(lengths[..literalCount], lengths.Slice(literalCount, distanceCount));
    }

    private void Build(ReadOnlySpan<byte> literalLengths, ReadOnlySpan<byte> distanceLengths)
    {
        if (!HuffmanTable.TryBuild(literalLengths, LiteralEntryOf, literals, LiteralIndexBits, LiteralEntries)
            || !HuffmanTable.TryBuild(distanceLengths, DistanceEntryOf, distances, DistanceIndexBits, DistanceEntries))
            throw new InflateException("a block's codes are damaged");
    }
}
