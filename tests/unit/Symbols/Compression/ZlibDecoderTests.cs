using System.IO.Compression;
using System.Runtime.InteropServices;
using MemTools.Reports.Symbols.Compression.Inflate;

namespace MemTools.Tests.Symbols.Compression;

/// <summary>The inflater against what zlib packed: .NET's <see cref="ZLibStream"/> is zlib-ng.</summary>
public sealed unsafe class ZlibDecoderTests
{
    private const byte Guard = 0xa5;

    public static TheoryData<string> Kinds => ["empty", "one", "random", "zeros", "text", "records", "skewed", "far"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_data_and_level_comes_back(string kind)
    {
        byte[] data = Make(kind);
        foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
        {
            byte[] packed = Pack(data, level);
            Assert.Equal(data, Unpack(packed, data.Length, data.Length));
            Assert.Equal(data, Unpack(packed, data.Length, 1000));
        }
    }

    [Fact]
    public void Sections_come_back_from_steps_of_any_size()
    {
        byte[] data = Make("text"), packed = Pack(data, CompressionLevel.Optimal);
        foreach (int step in (int[])[1, 2, 3, 255, 32768, 65536])
            Assert.Equal(data, Unpack(packed, data.Length, step));
    }

    [Fact]
    public void What_is_cut_anywhere_is_refused()
    {
        byte[] data = Make("records")[..3000];
        foreach (CompressionLevel level in (CompressionLevel[])[CompressionLevel.Optimal, CompressionLevel.NoCompression])
        {
            byte[] packed = Pack(data, level);
            for (int n = 0; n < packed.Length; n++)
                Assert.Throws<InflateException>(() => Unpack(packed[..n], data.Length, data.Length));
        }
    }

    [Fact]
    public void Another_size_than_claimed_is_refused()
    {
        byte[] data = Make("text"), packed = Pack(data, CompressionLevel.Optimal);
        Assert.Throws<InflateException>(() => Unpack(packed, data.Length - 1, data.Length - 1));
        Assert.Throws<InflateException>(() => Unpack(packed, data.Length / 2, data.Length / 2));
        Assert.Throws<InflateException>(() => Unpack(packed, data.Length + 1, data.Length + 1));
        Assert.Throws<InflateException>(() => Unpack(packed, 0, 0));
    }

    [Fact]
    public void A_changed_bit_is_refused_or_changes_nothing()
    {
        byte[] data = Make("records")[..2000], packed = Pack(data, CompressionLevel.Optimal);
        int refused = 0;
        for (int bit = 0; bit < packed.Length * 8; bit++)
        {
            byte[] changed = [.. packed];
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                Assert.Equal(data, Unpack(changed, data.Length, data.Length));
            }
            catch (InflateException)
            {
                refused++;
            }
        }

        // The window size and the level in the header are free; the rest is under the checksum.
        Assert.InRange(refused, packed.Length * 8 - 16, packed.Length * 8);
    }

    /// <summary>RFC 1950's sums, by the plain definition.</summary>
    [Fact]
    public void Checksums_follow_the_definition()
    {
        Assert.Equal(0x11E60398u, Sum("Wikipedia"u8.ToArray()));
        byte[] high = new byte[70_001];
        Array.Fill(high, (byte)255);
        uint a = 1, b = 0;
        foreach (byte x in high)
        {
            a = (a + x) % 65521;
            b = (b + a) % 65521;
        }

        Assert.Equal(b << 16 | a, Sum(high));
    }

    private static uint Sum(byte[] data)
    {
        fixed (byte* p = data)
            return Adler32.Update(Adler32.Start, p, data.Length);
    }

    private static byte[] Pack(byte[] data, CompressionLevel level)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, level, leaveOpen: true))
            stream.Write(data);
        // .NET writes nothing at all for nothing.
        return data.Length == 0 ? [0x78, 0x9c, 3, 0, 0, 0, 0, 1] : packed.ToArray();
    }

    /// <summary>Unpacks into memory of exactly the size, with bytes around it that must stay as they are.</summary>
    private static byte[] Unpack(byte[] packed, int size, int step)
    {
        const int Margin = 64;
        byte* memory = (byte*)NativeMemory.Alloc((nuint)(size + 2 * Margin)), input = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, packed.Length));
        try
        {
            new Span<byte>(memory, size + 2 * Margin).Fill(Guard);
            packed.CopyTo(new Span<byte>(input, packed.Length));
            using var decoder = new ZlibDecoder(input, packed.Length, memory + Margin, size);
            for (int until = Math.Min(step, size); ; until = Math.Min(size, Math.Max(until + step, decoder.Position)))
            {
                decoder.Advance(until);
                if (until == size)
                    break;
                Assert.InRange(decoder.Position, until, size);
            }

            Assert.Equal(size, decoder.Position);
            return new ReadOnlySpan<byte>(memory + Margin, size).ToArray();
        }
        finally
        {
            bool intact = !new ReadOnlySpan<byte>(memory, Margin).ContainsAnyExcept(Guard) && !new ReadOnlySpan<byte>(memory + Margin + size, Margin).ContainsAnyExcept(Guard);
            NativeMemory.Free(memory);
            NativeMemory.Free(input);
            Assert.True(intact, "bytes outside the buffer were written");
        }
    }

    private static byte[] Make(string kind)
    {
        var random = new Random(7);
        byte[] data = new byte[kind switch { "empty" => 0, "one" => 1, _ => 300_000 }];
        switch (kind)
        {
            case "random":
                random.NextBytes(data);
                break;
            case "text":
                for (int i = 0; i < data.Length; i++)
                    data[i] = (byte)"the quick brown fox jumps over a lazy dog; "[random.Next(3) == 0 ? random.Next(43) : i % 43];
                break;
            case "records":
                for (int i = 0; i < data.Length; i++)
                    data[i] = (byte)(i % 7 == 0 ? random.Next(256) : i % 7 * 3 + i / 5000);
                break;
            case "skewed":
                // Frequencies that halve: codes of the greatest length.
                for (int i = 0; i < data.Length; i++)
                    data[i] = (byte)(System.Numerics.BitOperations.TrailingZeroCount(random.Next() | 1 << 20) * 5);
                break;
            case "far":
                random.NextBytes(data.AsSpan(0, 40_000));
                for (int at = 40_000; at < data.Length;)
                {
                    int length = Math.Min(data.Length - at, random.Next(3, 400)), back = random.Next(1, 32_768);
                    for (int i = 0; i < length; i++, at++)
                        data[at] = data[at - back];
                }

                break;
        }

        return data;
    }
}
