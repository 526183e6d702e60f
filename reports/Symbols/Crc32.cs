using System.Buffers.Binary;

namespace MemTools.Reports.Symbols;

/// <summary>CRC-32 of IEEE 802.3 (zlib's), eight bytes at a time ("slicing by eight").</summary>
internal static class Crc32
{
    private static readonly uint[] Table = Make();

    public static uint Compute(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        uint[] t = Table;
        while (data.Length >= 8)
        {
            uint a = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc, b = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = t[0x700 + (a & 255)] ^ t[0x600 + (a >> 8 & 255)] ^ t[0x500 + (a >> 16 & 255)] ^ t[0x400 + (a >> 24)]
                ^ t[0x300 + (b & 255)] ^ t[0x200 + (b >> 8 & 255)] ^ t[0x100 + (b >> 16 & 255)] ^ t[b >> 24];
            data = data[8..];
        }

        foreach (byte x in data)
            crc = t[(crc ^ x) & 255] ^ crc >> 8;
        return ~crc;
    }

    private static uint[] Make()
    {
        var table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int k = 0; k < 8; k++)
                c = (c & 1) != 0 ? 0xedb88320 ^ c >> 1 : c >> 1;
            table[i] = c;
        }

        for (int i = 256; i < table.Length; i++)
            table[i] = table[i - 256] >> 8 ^ table[table[i - 256] & 255];
        return table;
    }
}
