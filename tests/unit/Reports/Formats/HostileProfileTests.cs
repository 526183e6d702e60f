using System.IO.Compression;
using System.Text;
using MemTools.Reports.Errors;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Tests.Reports.Formats;

/// <summary>Broken and hostile profiles end in a result, or in an error that names the file, the place and what was expected there.</summary>
public partial class HostileProfileTests
{
    public static TheoryData<string> Files => ReaderWriterTests.Files;

    private static Profile Read(byte[] bytes) => ProfileReader.Read(new MemoryStream(bytes), "hostile.file", new ProfileReadOptions(), TestContext.Current.CancellationToken);

    private static Profile Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads and sums; null where it ended in an error as it should be.</summary>
    private static Profile? Try(byte[] bytes, string what)
    {
        try
        {
            Profile profile = Read(bytes);
            FrameTableBuilder.Build(profile, new ReportOptions(), TestContext.Current.CancellationToken);
            return profile;
        }
        catch (MemToolsException error)
        {
            Assert.True(error.Message.Contains("hostile.file", StringComparison.Ordinal), $"{what}: {error.Message} does not name the file");
            Assert.True(!string.IsNullOrEmpty(error.RecommendedAction), what);
            bool namesPlace = error.ErrorId is not ("ReportMalformed" or "ProfileInvalid")
                || System.Text.RegularExpressions.Regex.IsMatch(error.Message, @"line \d+|byte \d+|at \$");
            Assert.True(namesPlace, $"{what}: {error.Message} names no place");
            return null;
        }
        catch (Exception error)
        {
            Assert.Fail($"{what}: {error}");
            return null;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_cut_at_any_byte_never_holds_more_than_the_whole(string file)
    {
        byte[] whole = File.ReadAllBytes(TestData.Path("profiles/" + file));
        long most = FormatSample.Named(file).Totals.Max(type => type.Total);
        for (int length = 0; length < whole.Length; length++)
        {
            if (Try(whole[..length], $"cut at {length}") is { } profile)
                Assert.True(FormatSample.TotalsOf(profile).All(type => Math.Abs(type.Total) <= most), $"cut at {length}: {string.Join(", ", FormatSample.TotalsOf(profile))}");
        }
    }

    [Theory]
    [InlineData("positions: s: s: line\nevents: Bytes\nfn=f\n1 2 3 4\n", 1)]
    [InlineData("positions: line instr\nevents: Bytes\nfn=f\n1 2 3\n", 1)]
    [InlineData("positions: line\nevents: Bytes\nfn=f\n1 2\nevents: Bytes Blocks\n1 2 3\n", 5)]
    public void Callgrind_costs_have_the_positions_and_events_that_were_announced(string text, int line)
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => Read("# callgrind format\n" + text));
        Assert.Contains($"line {line + 1}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Words that share a blank, as a damaged line may have them.</summary>
    [Theory]
    [InlineData("==7== 48 bytes in blocks are definitely lost in loss record 1 of 2")]
    [InlineData("==7== 48 bytes in 1 blocks are in loss record 1 of 2")]
    [InlineData("==7==    definitely lost: bytes in 1 blocks")]
    public void Words_of_valgrind_that_run_into_each_other_are_no_record(string line)
    {
        string text = $"==7== Memcheck, a memory error detector\n==7== Command: ./app\n{line}\n==7== \n";
        Assert.All(
            ValgrindTextReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "hostile.file", TestContext.Current.CancellationToken),
            static process => Assert.Empty(process.Profile.Samples));
    }

    [Theory]
    [InlineData("positions: instr\nevents: Bytes\nfl=a.c\nfn=f\n0x401000 7\n", 0)]
    [InlineData("positions: instr line\nevents: Bytes\nfl=a.c\nfn=f\n0x401000 12 7\n", 12)]
    [InlineData("events: Bytes\nfl=a.c\nfn=f\n12 7\n", 12)]
    public void Callgrind_addresses_are_no_lines(string text, int line)
    {
        Profile profile = Read("# callgrind format\n" + text);
        Assert.Equal([7], Assert.Single(profile.Samples).Values);
        Assert.Equal(line, Assert.Single(profile.Locations).Lines[0].LineNumber);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_flipped_bit_in_any_byte_is_survived(string file)
    {
        byte[] whole = File.ReadAllBytes(TestData.Path("profiles/" + file));
        for (int at = 0; at < whole.Length; at++)
        {
            int bit = at * 5 % 8;
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << bit);
            Try(damaged, $"bit {bit} of byte {at}");
        }
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("-1")]
    public void Any_number_may_be_huge(string number)
    {
        foreach (FormatSample sample in FormatSample.All)
        {
            byte[] bytes = File.ReadAllBytes(TestData.Path("profiles/" + sample.File));
            if (bytes.Contains((byte)0) || bytes is [0x1F, 0x8B, ..] or [0x28, 0xB5, ..])
                continue;
            string text = Encoding.UTF8.GetString(bytes);
            foreach (System.Text.RegularExpressions.Match digits in Digits().Matches(text))
                Try(Encoding.UTF8.GetBytes(text[..digits.Index] + number + text[(digits.Index + digits.Length)..]), $"{sample.File}, {digits.Value} at {digits.Index}");
        }
    }

    [Fact]
    public void Sums_beyond_64_bits_are_an_error_with_the_line()
    {
        string line = "     1: 9223372036854775807 [     1: 9223372036854775807] @ 0x1\n";
        MemToolsException error = Assert.Throws<MemToolsException>(() => Read("heap profile: 1: 1 [ 1: 1] @ heapprofile\n" + line + line));
        Assert.Equal("ReportMalformed", error.ErrorId);
        Assert.Contains("hostile.file, line 3 (byte 105)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(400_000)]
    public void Deep_stacks_are_read(int depth)
    {
        string frames = string.Concat(Enumerable.Range(1, depth).Select(frame => $" 0x{frame:x}"));
        Profile? profile = Try(Encoding.UTF8.GetBytes($"heap profile: 1: 8 [ 1: 8] @ heapprofile\n 1: 8 [ 1: 8] @{frames}\n\nMAPPED_LIBRARIES:\n"), "heap");
        Assert.True(profile is null || profile.Samples.Count == 0 || profile.Samples[0].Locations.Length == depth);
        Try(Encoding.UTF8.GetBytes(string.Join(';', Enumerable.Range(0, depth)) + " 8\n"), "collapsed");
        Try(Encoding.UTF8.GetBytes("desc: x\ncmd: x\ntime_unit: i\n#-----------\nsnapshot=0\n#-----------\ntime=0\nmem_heap_B=8\nheap_tree=peak\n"
            + string.Concat(Enumerable.Range(0, Math.Min(depth, 20_000)).Select(level => new string(' ', Math.Min(level, 100_000)) + "n1: 8 0x1: f (f.c:1)\n").Take(6000))), "massif");
        Try(Encoding.UTF8.GetBytes("{\"schemaVersion\":1,\"sampleTypes\":" + new string('[', depth) + new string(']', depth) + "}"), "json");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decompression_bomb_is_refused(bool gzipInGzip)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write("heap profile: 1: 8 [ 1: 8] @ heapprofile\n"u8);
            byte[] zeros = new byte[1 << 20];
            Array.Fill(zeros, (byte)'\n');
            for (int block = 0; block < 600; block++)
                gzip.Write(zeros);
        }

        byte[] bomb = packed.ToArray();
        if (gzipInGzip)
        {
            using var outer = new MemoryStream();
            using (var gzip = new GZipStream(outer, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(bomb);
            bomb = outer.ToArray();
        }

        MemToolsException error = Assert.Throws<MemToolsException>(() => Read(bomb));
        Assert.Contains("hostile.file", error.Message, StringComparison.Ordinal);
        Assert.True(gzipInGzip || error.ErrorId == "ProfileTooLarge", error.Message);
    }

    /// <summary>A good profile of one sample with one message or number more, by profile.proto's field numbers.</summary>
    [Theory]
    [InlineData("a sample refers to location 9", 2, new ulong[] { 1, 9, 2, 5 })]
    [InlineData("a sample has 0 values for 1 sample types", 2, new ulong[] { 1, 1 })]
    [InlineData("a location refers to mapping 7", 4, new ulong[] { 1, 2, 2, 7 })]
    [InlineData("string 99 is not in the table", 5, new ulong[] { 1, 2, 2, 99 })]
    [InlineData("string 99 is not in the table", 3, new ulong[] { 1, 2, 5, 99 })]
    [InlineData("string 18446744073709551615 is not in the table", 1, new ulong[] { 1, ulong.MaxValue })]
    public void Bad_index_in_a_proto_is_named_with_its_byte(string expected, int field, ulong[] numbers)
    {
        byte[] good = [.. Message(1, 1, 1, 2, 2), .. Message(4, 1, 1, 3, 0x10), .. Message(2, 1, 1, 2, 5), .. Text(""), .. Text("space"), .. Text("bytes")];
        Assert.Equal(5, Read(good).Samples[0].Values[0]);
        MemToolsException error = Assert.Throws<MemToolsException>(() => Read([.. good, .. Message(field, numbers)]));
        Assert.Equal("ProfileInvalid", error.ErrorId);
        Assert.Contains("hostile.file", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains($"(byte {good.Length + 2})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Proto_whose_lengths_and_counts_lie_costs_nothing()
    {
        byte[] type = Message(1, 1, 1, 2, 2);
        byte[] strings = [.. Text(""), .. Text("space"), .. Text("bytes")];
        Try([.. type, .. strings, 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], "a sample of 2 GiB");
        Try([.. type, .. strings, 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "a sample of 2^64 bytes");
        Try([.. type, .. strings, .. Message(4, 1, ulong.MaxValue)], "a location with the largest id");
        Try([.. type, .. strings, .. Message(3, 1, 1, 2, ulong.MaxValue, 3, 0)], "a mapping that ends before it begins");
        Try([.. type, .. strings, .. Enumerable.Repeat(Message(4, 1, 1, 3, 1), 10_000).SelectMany(bytes => bytes)], "one id ten thousand times");
    }

    private static byte[] Message(int field, params ulong[] numbers)
    {
        byte[] body = [.. numbers.Chunk(2).SelectMany(pair => (IEnumerable<byte>)[(byte)(pair[0] << 3), .. Varint(pair[1])])];
        return [(byte)(field << 3 | 2), .. Varint((ulong)body.Length), .. body];
    }

    private static byte[] Text(string text) => [6 << 3 | 2, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\d+")]
    private static partial System.Text.RegularExpressions.Regex Digits();
}
