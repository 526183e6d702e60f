using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports;

public class HeapFileReaderTests
{
    private const string Maps =
        "\nMAPPED_LIBRARIES:\n"
        + "55d000000000-55d000001000 r--p 00000000 08:01 123                        /srv/my app/server (deleted)\n"
        + "55d000001000-55d000002000 r-xp 00001000 08:01 123                        /srv/my app/server (deleted)\n"
        + "55d000003000-55d000004000 rw-p 00000000 00:00 0                          [heap]\n"
        + "7f0000000000-7f0000001000 r-xp 00000000 08:01\n"
        + "7f0000002000-7f0000003000 r-xp 00002000 fd:01 9 /usr/lib/lib12.so\n"
        + "7fff00000000-7fff00001000 r-xp 00000000 00:00 0                          [vdso]\n";

    private static Profile Read(string text) =>
        HeapFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.heap", TestContext.Current.CancellationToken);

    [Fact]
    public void AddsUpObjectsOfOneStack()
    {
        Profile profile = Read(
            "heap profile:      3:      300 [     3:      300] @ heapprofile\n"
            + "     1:      100 [     1:      100] @ 0x55d000001010 0x55d000001020\n"
            + "     1:       80 [     1:       80] @ 0x55d000001010 0x7f0000002001\n"
            + "     1:      120 [     1:      120] @ 0x55d000001010 0x55d000001020\n" + Maps);
        Assert.Equal([new("objects", "count"), new("space", "bytes")], profile.SampleTypes);
        Assert.Equal([[2, 220], [1, 80]], profile.Samples.Select(s => s.Values));
        Assert.Equal([0x55d000001010UL, 0x55d000001020UL], profile.Samples[0].Locations.Select(l => profile.Locations[l].Address));
        Assert.Equal(3, profile.Locations.Count);
        Assert.Empty(profile.Warnings);
    }

    [Fact]
    public void ReadsMaps()
    {
        Profile profile = Read(
            "heap profile:      1:      1 [     1:      1] @ heapprofile\n     1:      1 [     1:      1] @ 0x55d000001010 0x7f0000000800 0x7f0000002001 0x1\n" + Maps);
        Assert.Equal(
            ["/srv/my app/server", "/srv/my app/server", "", "/usr/lib/lib12.so", "[vdso]"], profile.Mappings.Select(m => m.Path));
        Assert.Equal([true, true, false, false, false], profile.Mappings.Select(m => m.IsDeleted));
        Assert.Equal([1, 2, 3, -1], profile.Locations.Select(l => l.MappingIndex));
        Assert.Equal(0x2000UL, profile.Mappings[3].FileOffset);
    }

    [Fact]
    public void HasFourColumnsWhenMoreWasAllocated()
    {
        Profile profile = Read(
            "heap profile:      1:      10 [     3:      30] @ heapprofile\n     1:      10 [     3:      30] @ 0x1\n" + Maps);
        Assert.Equal(["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"], profile.SampleTypes.Select(t => t.Type));
        Assert.Equal([3, 30, 1, 10], Assert.Single(profile.Samples).Values);
    }

    [Fact]
    public void SaysHowMuchIsMissing()
    {
        Profile profile = Read("heap profile:      4:      400 [     4:      400] @ heapprofile\n     1:      100 [     1:      100] @ 0x1\n" + Maps);
        string warning = Assert.Single(profile.Warnings);
        Assert.Contains("4 objects of 400 bytes", warning);
        Assert.Contains("1 objects of 100 bytes", warning);
        Assert.Contains("75 %", warning);
    }

    [Theory]
    [InlineData("     1:      100 [     1:      100] @ 0x55d000001010 0x55d0", "middle of line 3")]
    [InlineData("     1:      10", "middle of line 3")]
    [InlineData("", "MAPPED_LIBRARIES")]
    public void SaysThatFileIsCut(string end, string words)
    {
        Profile profile = Read(
            "heap profile:      2:      200 [     2:      200] @ heapprofile\n     1:      100 [     1:      100] @ 0x1\n" + end);
        Assert.Contains(profile.Warnings, w => w.Contains("50 %", StringComparison.Ordinal));
        Assert.Contains(profile.Warnings, w => w.Contains(words, StringComparison.Ordinal));
        Assert.Equal([1, 100], Assert.Single(profile.Samples).Values);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("heap profile: x\n", "line 1 (byte 0)")]
    [InlineData("heap profile: 1: 1 [1: 1] @ heapprofile/abc\n", "abc")]
    [InlineData("heap profile: 1: 1 [1: 1] @ heapprofile\nrubbish here\n", "line 2 (byte 40)")]
    [InlineData("heap profile: 1: 1 [1: 1] @ heapprofile\n 1: 1 [1: 1] @ 0xzz\n", "line 2 (byte 40)")]
    [InlineData("heap profile: 1: 1 [1: 1] @ heapprofile\n 1: 1 [1: 1] @ 0x11112222333344445\n", "line 2 (byte 40)")]
    public void NamesPlaceOfDamage(string text, string words)
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => Read(text));
        Assert.Equal("ReportMalformed", error.ErrorId);
        Assert.Contains("x.heap", error.Message);
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void ScalesSampledProfiles()
    {
        // 1 sampled object of 1024 bytes at a period of 524288: 1/(1-exp(-1024/524288)) = 512.5 objects.
        Profile profile = Read("heap profile: 1: 1024 [1: 1024] @ heap_v2/524288\n 1: 1024 [1: 1024] @ 0x1\n" + Maps);
        Assert.Equal([512, 524800], Assert.Single(profile.Samples).Values);
        Assert.Equal(524288, profile.Period);
    }

    /// <summary>What gperftools 2.16 leaves of its file.</summary>
    [Fact]
    public void FileWithoutHeaderKeepsItsMaps()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("\nMAPPED_LIBRARIES:\n55d000001000-55d000002000 r-xp 00001000 08:01 123 /srv/app\n");
        Assert.True(HeapFileReader.Recognizes(bytes));
        Profile profile = HeapFileReader.Read(new MemoryStream(bytes), "x", TestContext.Current.CancellationToken);
        Assert.Empty(profile.Samples);
        Assert.Equal("/srv/app", Assert.Single(profile.Mappings).Path);
        Assert.Contains("lost its header", Assert.Single(profile.Warnings));
    }
}
