using System.Text;
using MemTools.Allocators.Detect;

namespace MemTools.Tests.Allocators;

public sealed class LdSoCacheTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 40)]
    [InlineData(true, 0)]
    public void Reads_both_byte_orders_and_skips_the_older_table(bool bigEndian, int before)
    {
        var file = Make(bigEndian, before, ("libtcmalloc.so.4", "/usr/lib64/libtcmalloc.so.4"), ("libc.so.6", "/lib64/libc.so.6"));
        Assert.Equal(
            [("libtcmalloc.so.4", "/usr/lib64/libtcmalloc.so.4"), ("libc.so.6", "/lib64/libc.so.6")], LdSoCache.Read(file));
    }

    [Fact]
    public void Hostile_bytes_give_nothing_or_what_is_whole()
    {
        Assert.Empty(LdSoCache.Read([]));
        Assert.Empty(LdSoCache.Read("ld.so-1.7.0"u8));
        var file = Make(false, 0, ("a.so", "/a.so"), ("b.so", "/b.so"));
        for (var length = 0; length < file.Length; length++)
        {
            Assert.True(LdSoCache.Read(file.AsSpan(0, length)).Count <= 2);
        }

        var wild = (byte[])file.Clone();
        BitConverter.TryWriteBytes(wild.AsSpan(48 + 8), 0xffff_fff0);
        Assert.Equal([("b.so", "/b.so")], LdSoCache.Read(wild));
        BitConverter.TryWriteBytes(wild.AsSpan(20), 0x7fff_ffff);
        Assert.True(LdSoCache.Read(wild).Count <= 2);
    }

    // The layout of glibc's struct cache_file_new and file_entry_new.
    private static byte[] Make(bool bigEndian, int before, params (string Name, string Path)[] entries)
    {
        var strings = new MemoryStream();
        var table = new List<uint>();
        var start = (uint)(48 + (entries.Length * 24));
        foreach (var (name, path) in entries)
        {
            foreach (var text in new[] { name, path })
            {
                table.Add(start + (uint)strings.Position);
                strings.Write(Encoding.UTF8.GetBytes(text + "\0"));
            }
        }

        var file = new MemoryStream();
        file.Write(new byte[before]);
        file.Write("glibc-ld.so.cache1.1"u8);
        Word((uint)entries.Length);
        Word((uint)strings.Length);
        file.Write(new byte[20]);
        for (var i = 0; i < entries.Length; i++)
        {
            Word(0x0303);
            Word(table[2 * i]);
            Word(table[(2 * i) + 1]);
            Word(0);
            file.Write(new byte[8]);
        }

        strings.WriteTo(file);
        return file.ToArray();

        void Word(uint value)
        {
            var bytes = BitConverter.GetBytes(value);
            if (bigEndian)
            {
                Array.Reverse(bytes);
            }

            file.Write(bytes);
        }
    }
}
