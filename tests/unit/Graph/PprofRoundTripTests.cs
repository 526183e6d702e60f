using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Readers.Pprof;
using MemTools.Reports.Writers.Pprof;

namespace MemTools.Tests.Graph;

public class PprofRoundTripTests
{
    private static byte[] Write(Profile profile)
    {
        using var output = new MemoryStream();
        PprofWriter.Write(profile, output, TestContext.Current.CancellationToken);
        return output.ToArray();
    }

    private static Profile Read(byte[] bytes) => PprofReader.Read(new MemoryStream(bytes), "test.pb.gz", TestContext.Current.CancellationToken);

    [Fact]
    public void What_is_written_is_read_back()
    {
        Profile before = Profiles.Calls();
        Profile after = Read(Write(before));
        Assert.Equal(before.SampleTypes, after.SampleTypes);
        Assert.Equal(before.Samples.Select(sample => sample.Values), after.Samples.Select(sample => sample.Values));
        Assert.Equal(before.Samples.Select(sample => sample.Locations), after.Samples.Select(sample => sample.Locations));
        Assert.Equal(before.Locations.SelectMany(location => location.Lines), after.Locations.SelectMany(location => location.Lines));
        Assert.Equal("worker", after.Samples[0].Labels!["thread"]);
        Assert.Equal(4096, after.Samples[1].NumericLabels!["bytes"]);
        Assert.Equal("/usr/lib/libtcmalloc.so.4", after.Mappings[1].Path);
    }

    [Fact]
    public void The_same_profile_gives_the_same_bytes() => Assert.Equal(Write(Profiles.Calls()), Write(Profiles.Calls()));

    [Fact]
    public void A_file_cut_anywhere_is_an_error_or_a_profile_never_a_crash()
    {
        byte[] whole = Write(Profiles.Calls());
        for (int length = 0; length < whole.Length; length++)
        {
            MemToolsException? error = Record.Exception(() => Read(whole[..length])) as MemToolsException;
            Assert.True(error is null || error.ErrorId == "ProfileInvalid", $"cut at {length}: {error?.ErrorId}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0x04, 0x08, 0x01, 0x10, 0x02, 0x12, 0x04, 0x0A, 0x01, 0x63, 0x12 }, "byte")]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, "beyond the end")]
    [InlineData(new byte[] { 0x0F }, "wire type 7")]
    public void Bad_bytes_are_named_with_their_place(byte[] bytes, string expected)
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => Read(bytes));
        Assert.Equal("ProfileInvalid", error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
