using System.Runtime.Intrinsics;

namespace MemTools.Reports.Symbols.Compression.Inflate;

/// <summary>Adler-32 (RFC 1950), 16 bytes at a time.</summary>
internal static unsafe class Adler32
{
    private const uint Prime = 65521;

    /// <summary>Bytes whose sums fit 32 bits before they must be reduced.</summary>
    private const int MaxRun = 5552 & ~15;

    /// <summary>Bytes whose weighted sums fit 16 bits.</summary>
    private const int Group = 128;

    /// <summary>The checksum of nothing.</summary>
    public const uint Start = 1;

    public static uint Update(uint checksum, byte* data, nint length)
    {
        uint a = checksum & 0xffff, b = checksum >> 16;
        while (length > 0)
        {
            int run = (int)Math.Min(length, MaxRun);
            length -= run;
            int whole = run & ~15;
            Blocks(data, whole, ref a, ref b);
            for (int i = whole; i < run; i++)
            {
                a += data[i];
                b += a;
            }

            data += run;
            a %= Prime;
            b %= Prime;
        }

        return b << 16 | a;
    }

    private static void Blocks(byte* data, int length, ref uint a, ref uint b)
    {
        Vector128<ushort> high = Vector128.Create((ushort)16, 15, 14, 13, 12, 11, 10, 9), low = Vector128.Create((ushort)8, 7, 6, 5, 4, 3, 2, 1);
        Vector128<uint> sums = Vector128<uint>.Zero, weighted = Vector128<uint>.Zero, before = Vector128<uint>.Zero;
        uint blocks = (uint)length / 16;
        for (int at = 0; at < length;)
        {
            int end = Math.Min(length, at + Group);
            Vector128<ushort> groupWeighted = Vector128<ushort>.Zero;
            for (; at < end; at += 16)
            {
                Vector128<byte> bytes = Vector128.Load(data + at);
                Vector128<ushort> x = Vector128.WidenLower(bytes), y = Vector128.WidenUpper(bytes);
                // Every earlier byte counts 16 times more in b.
                before += sums;
                Vector128<ushort> pair = x + y;
                sums += Vector128.WidenLower(pair) + Vector128.WidenUpper(pair);
                groupWeighted += x * high + y * low;
            }

            weighted += Vector128.WidenLower(groupWeighted) + Vector128.WidenUpper(groupWeighted);
        }

        b += a * 16 * blocks + 16 * Vector128.Sum(before) + Vector128.Sum(weighted);
        a += Vector128.Sum(sums);
    }
}
