using System.CommandLine;
using System.Text;
using MemTools.Cli.Parsing;
using MemTools.Reports.Gate;

namespace MemTools.Tests.Cli;

public sealed class ParsingTests
{
    private static Command Definition() => new("run") { Values.Text("--allocator", "NAME", "", "-a"), Values.Flag("--verbose", "") };

    [Theory]
    [InlineData("--allocator tcmalloc -- ./prog --verbose", "--allocator tcmalloc", "./prog --verbose")]
    [InlineData("--allocator tcmalloc ./prog --allocator x", "--allocator tcmalloc", "./prog --allocator x")]
    [InlineData("-a tcmalloc --verbose ./prog", "-a tcmalloc --verbose", "./prog")]
    [InlineData("--allocator=tcmalloc ./prog -- x", "--allocator=tcmalloc", "./prog -- x")]
    [InlineData("--verbose -- -- -x", "--verbose", "-- -x")]
    [InlineData("--verbose", "--verbose", "")]
    [InlineData("--unknown ./prog", "--unknown", "./prog")]
    public void The_program_begins_after_the_options(string line, string options, string program)
    {
        var split = ProgramSplit.Of(Definition(), line.Split(' '));
        Assert.Equal(options, string.Join(' ', split.Options));
        Assert.Equal(program, string.Join(' ', split.Program));
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("65536", 65536L)]
    [InlineData("64K", 65536L)]
    [InlineData("64KiB", 65536L)]
    [InlineData("2m", 2097152L)]
    [InlineData("1G", 1073741824L)]
    [InlineData("12B", 12L)]
    [InlineData("-1", -1L)]
    [InlineData("", null)]
    [InlineData("K", null)]
    [InlineData("1.5M", 1572864L)]
    [InlineData("1 KB", 1024L)]
    [InlineData("12i", null)]
    [InlineData("9999999999999G", null)]
    [InlineData("1X", null)]
    public void Sizes(string text, long? bytes) => Assert.Equal(bytes, ByteSize.TryParse(text));

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m", 300.0)]
    [InlineData("2h", 7200.0)]
    [InlineData("7d", 604800.0)]
    [InlineData("", null)]
    [InlineData("s", null)]
    [InlineData("5 m", null)]
    [InlineData("-5s", null)]
    [InlineData("5w", null)]
    [InlineData("1e300d", null)]
    public void Durations(string text, double? seconds) => Assert.Equal(seconds, Values.ParseDuration(text)?.TotalSeconds);

    [Fact]
    public void Raw_arguments_keep_bytes_that_are_not_utf8()
    {
        byte[] odd = [0x66, 0xff, 0x6f];
        byte[] commandLine = [.. "memtools\0run\0./prog\0"u8, .. odd, 0, 0, .. "last"u8, 0];
        string[] words = ["./prog", Encoding.UTF8.GetString(odd), "", "last"];
        Assert.Equal([[.. "./prog"u8], odd, [], [.. "last"u8]], RawArguments.Of(words, commandLine));
    }

    [Fact]
    public void Raw_arguments_that_do_not_match_the_kernels_copy_are_encoded()
    {
        Assert.Equal([[.. "a"u8], [.. "b"u8]], RawArguments.Of(["a", "b"], "x\0y\0"u8));
        Assert.Equal([[.. "a"u8]], RawArguments.Of(["a"], default(ReadOnlySpan<byte>)));
    }

    [Theory]
    [InlineData("nromal", "normal")]
    [InlineData("stict", "strict")]
    [InlineData("draconain", "draconian")]
    [InlineData("xyz", null)]
    public void Spelling_suggests_what_is_near(string word, string? expected) =>
        Assert.Equal(expected, Spelling.Nearest(word, ["minimal", "normal", "strict", "draconian"]));
}
