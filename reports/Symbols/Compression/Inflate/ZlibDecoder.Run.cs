using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MemTools.Reports.Symbols.Compression.Inflate;

/// <content>The literals and copies of a block: nearly all of the time is spent here.</content>
internal sealed unsafe partial class ZlibDecoder
{
    private const uint LiteralMask = (1 << LiteralIndexBits) - 1, DistanceMask = (1 << DistanceIndexBits) - 1;

    /// <summary>The longest copy, and what the fast loop may write beyond it.</summary>
    private const int OutputMargin = 258 + 3 + 16;

    /// <summary>What two refills may read.</summary>
    private const int InputMargin = 16;

    private void Codes(byte* target)
    {
        while (mode == Mode.Codes && (output < target || target == end))
        {
            if (end - output > OutputMargin && inputEnd - input > InputMargin)
                Fast(end - output - OutputMargin < target - output ? end - OutputMargin : target);
            else
                Careful();
        }
    }

    /// <summary>Goes on while there is room in the output and input enough for one more round unchecked.</summary>
    private void Fast(byte* target)
    {
        uint* lit = literals;
        uint* dist = distances;
        byte* i = input, o = output, lastInput = inputEnd - InputMargin;
        ulong b = bits;
        int n = bitCount;
        while (o < target && i < lastInput)
        {
            b |= *(ulong*)i << n;
            i += (63 - n) >> 3;
            n |= 56;
            uint e = lit[(uint)b & LiteralMask];
            if ((int)e < 0)
            {
                // Three literals of the first level take 33 bits at most.
                b >>= (int)e;
                n -= (byte)e;
                *o++ = (byte)(e >> 16);
                e = lit[(uint)b & LiteralMask];
                if ((int)e < 0)
                {
                    b >>= (int)e;
                    n -= (byte)e;
                    *o++ = (byte)(e >> 16);
                    e = lit[(uint)b & LiteralMask];
                    if ((int)e < 0)
                    {
                        b >>= (int)e;
                        n -= (byte)e;
                        *o++ = (byte)(e >> 16);
                        continue;
                    }
                }

                // A length and a distance with their extra bits take 48.
                b |= *(ulong*)i << n;
                i += (63 - n) >> 3;
                n |= 56;
            }

            if ((e & HuffmanTable.Exceptional) != 0)
            {
                if ((e & HuffmanTable.Subtable) != 0)
                {
                    e = lit[(e >> 16) + ((uint)(b >> LiteralIndexBits) & ((1u << (int)e) - 1))];
                    if ((int)e < 0)
                    {
                        b >>= (int)e;
                        n -= (byte)e;
                        *o++ = (byte)(e >> 16);
                        continue;
                    }
                }

                if ((e & HuffmanTable.Exceptional) != 0)
                {
                    Save(b, n, i, o);
                    AtEnd(e);
                    return;
                }
            }

            int length = (int)(e >> 16) + Extra(b, e);
            b >>= (int)e;
            n -= (byte)e;
            e = dist[(uint)b & DistanceMask];
            if ((e & HuffmanTable.Exceptional) != 0)
            {
                if ((e & HuffmanTable.Subtable) == 0)
                    ThrowNoDistance();
                e = dist[(e >> 16) + ((uint)(b >> DistanceIndexBits) & ((1u << (int)e) - 1))];
                if ((e & HuffmanTable.Exceptional) != 0)
                    ThrowNoDistance();
            }

            int distance = (int)(e >> 16) + Extra(b, e);
            b >>= (int)e;
            n -= (byte)e;
            if (distance > o - start)
                ThrowNoDistance();
            byte* from = o - distance, stop = o + length;
            if (distance >= 8)
            {
                do
                {
                    *(ulong*)o = *(ulong*)from;
                    *(ulong*)(o + 8) = *(ulong*)(from + 8);
                    o += 16;
                    from += 16;
                }
                while (o < stop && distance >= 16);
                for (; o < stop; o += 8, from += 8)
                    *(ulong*)o = *(ulong*)from;
            }
            else
            {
                do
                    *o++ = *from++;
                while (o < stop);
            }

            o = stop;
        }

        Save(b, n, i, o);
    }

    /// <summary>One literal, copy or end with every bound checked: near the end of the input or of the output.</summary>
    private void Careful()
    {
        Refill();
        uint e = literals[(uint)bits & LiteralMask];
        if ((e & HuffmanTable.Subtable) != 0 && (int)e >= 0)
            e = literals[(e >> 16) + ((uint)(bits >> LiteralIndexBits) & ((1u << (int)e) - 1))];
        if ((int)e < 0)
        {
            Drop((byte)e);
            if (output == end)
                ThrowTooMuch();
            *output++ = (byte)(e >> 16);
            return;
        }

        if ((e & HuffmanTable.Exceptional) != 0)
        {
            AtEnd(e);
            return;
        }

        int length = (int)(e >> 16) + Extra(bits, e);
        Drop((byte)e);
        Refill();
        e = distances[(uint)bits & DistanceMask];
        if ((e & HuffmanTable.Subtable) != 0)
            e = distances[(e >> 16) + ((uint)(bits >> DistanceIndexBits) & ((1u << (int)e) - 1))];
        if ((e & HuffmanTable.Exceptional) != 0)
            ThrowNoDistance();
        int distance = (int)(e >> 16) + Extra(bits, e);
        Drop((byte)e);
        if (distance > output - start)
            ThrowNoDistance();
        if (length > end - output)
            ThrowTooMuch();
        for (; length > 0; length--, output++)
            *output = output[-distance];
    }

    /// <summary>The extra bits that follow a code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Extra(ulong bits, uint entry) => (int)((bits & ((1UL << (int)entry) - 1)) >> (int)(entry >> 8 & 15));

    private void Save(ulong b, int n, byte* i, byte* o)
    {
        bits = b;
        bitCount = n;
        input = i;
        output = o;
    }

    private void AtEnd(uint entry)
    {
        if ((entry & HuffmanTable.EndOfBlock) == 0)
            throw new InflateException("a code that does not exist");
        Drop((byte)entry);
        EndBlock();
    }

    [DoesNotReturn]
    private static void ThrowNoDistance() => throw new InflateException("a copy of what is not there");

    [DoesNotReturn]
    private static void ThrowTooMuch() => throw new InflateException("it unpacks to more than it claims");
}
