using MemTools.Reports.Symbols;

namespace MemTools.Tests.Symbols;

public sealed class PerfMapTests
{
    [Fact]
    public void An_entry_is_found_however_many_small_ones_lie_in_it()
    {
        string small = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{0x1000 + i * 16:x} 8 small{i}\n"));
        PerfMap map = PerfMap.Read(new StringReader("1000 10000 big\n" + small));
        Assert.Equal(1001, map.Count);
        Assert.Equal("small999", map.Find(0x1000 + 999 * 16));
        Assert.Equal("big", map.Find(0x1000 + 999 * 16 + 8));
        Assert.Equal("big", map.Find(0x10fff));
        Assert.Null(map.Find(0x11000));
        Assert.Null(map.Find(0xfff));
    }

    [Fact]
    public void Memory_that_is_used_again_has_the_name_of_the_later_line()
    {
        PerfMap map = PerfMap.Read(new StringReader("2000 100 old one\n1f80 100 lower\nnot a line\n2080 10 inner\n0x3000 0x10 hex\n4000 0 empty\n"));
        Assert.Equal("lower", map.Find(0x2000));
        Assert.Equal("inner", map.Find(0x2080));
        Assert.Equal("old one", map.Find(0x2090));
        Assert.Equal("hex", map.Find(0x3008));
        Assert.Null(map.Find(0x4000));
    }

    [Fact]
    public void An_entry_that_reaches_beyond_the_last_address_ends_there()
    {
        PerfMap map = PerfMap.Read(new StringReader("fffffffffffffff0 ffffffffffffffff last\n"));
        Assert.Equal("last", map.Find(ulong.MaxValue - 1));
        Assert.Null(map.Find(0));
    }
}
