using System.Text.RegularExpressions;
using MemTools.Cli;

namespace MemTools.Tests.Cli;

public sealed class InvocationTests
{
    [Fact]
    public void Version_is_the_manifests()
    {
        var (code, output, _) = CliRunner.Run("--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^memtools \d+\.\d+\.\d+\n$", output);
    }

    [Fact]
    public void Without_arguments_help_goes_to_standard_error_and_the_code_is_usage()
    {
        var (code, output, error) = CliRunner.Run();
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains("Usage: memtools COMMAND", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    public void Help_lists_every_public_command(string word)
    {
        var (code, output, error) = CliRunner.Run(word);
        Assert.Equal(0, code);
        Assert.Equal("", error);
        foreach (var name in new[] { "run", "leaks", "compare", "runs", "allocators" })
            Assert.Matches($@"(?m)^  {name} +\S", output);
        Assert.DoesNotContain("supervise", output, StringComparison.Ordinal);
    }

    // The options of pprof are parsed by hand, as pprof does.
    public static TheoryData<string> Parsed => [.. CommandTable.Entries.Where(entry => !entry.IsHidden && entry.Create is not null && entry.Path != "pprof").Select(entry => entry.Path)];

    public static TheoryData<string> Commands => [.. CommandTable.Entries.Where(entry => !entry.IsHidden && entry.Create is not null).Select(entry => entry.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Each_command_has_help_with_examples_that_fits_100_columns(string path)
    {
        var (code, output, error) = CliRunner.Run([.. path.Split(' '), "--help"]);
        Assert.Equal(0, code);
        Assert.Equal("", error);
        Assert.StartsWith($"memtools {path}: ", output, StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n  memtools ", output, StringComparison.Ordinal);
        Assert.Contains("\nUsage: memtools ", output, StringComparison.Ordinal);
        var options = output[..output.IndexOf("\nExamples:", StringComparison.Ordinal)];
        Assert.All(options.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Help_shows_a_switch_without_a_value_and_other_options_with_the_name_of_theirs()
    {
        var (_, output, _) = CliRunner.Run("symbols", "--help");
        Assert.Matches(@"(?m)^  -a, --addresses +llvm", output);
        Assert.Matches(@"(?m)^  --no-inlines +one frame", output);
        Assert.Matches(@"(?m)^  -e, --binary FILE +program", output);
    }

    [Theory]
    [MemberData(nameof(Parsed))]
    public void Each_example_begins_with_the_command_and_parses(string path)
    {
        var entry = CommandTable.Entries.Single(candidate => candidate.Path == path);
        var command = entry.Create!();
        foreach (var example in command.Examples)
        {
            // What a shell would hand over: up to the first redirection or pipe, quotes removed.
            var line = Regex.Split(example.Line, @"\s[<>|]")[0];
            var words = Regex.Matches(line, @"'([^']*)'|(\S+)").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value).ToArray();
            var (found, depth) = CommandTable.Find(words);
            Assert.Equal(path.Split(' ')[0], found!.Path.Split(' ')[0]);
            var definition = found.Create!().Define();
            var rest = words[depth..];
            var split = command.TakesProgram ? MemTools.Cli.Parsing.ProgramSplit.Of(definition, rest) : MemTools.Cli.Parsing.ProgramSplit.None(rest);
            var parsed = definition.Parse(split.Options, new System.CommandLine.ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            Assert.Empty(parsed.Errors);
            if (command.TakesProgram)
                Assert.NotEmpty(split.Program);
        }
    }

    [Theory]
    [InlineData("rnu", "did you mean 'run'?")]
    [InlineData("leak", "did you mean 'leaks'?")]
    [InlineData("frobnicate", "unknown command 'frobnicate'")]
    [InlineData("--frobnicate", "unknown option '--frobnicate'")]
    public void A_mistyped_command_is_a_usage_error_with_a_suggestion(string word, string expected)
    {
        var (code, output, error) = CliRunner.Run(word);
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("Try 'memtools --help'.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run --heap-check normall -- /bin/true", "did you mean 'normal'?")]
    [InlineData("run --heap-profile-interval much -- /bin/true", "--heap-profile-interval needs a number of bytes")]
    [InlineData("run --timeout soon -- /bin/true", "--timeout needs a time")]
    [InlineData("run --reclaim-memory maybe -- /bin/true", "--reclaim-memory needs true or false")]
    [InlineData("run --environment =x -- /bin/true", "--environment needs NAME=VALUE or NAME")]
    [InlineData("run --allocator-option narenas -- /bin/true", "--allocator-option needs NAME=VALUE")]
    [InlineData("run --allocator tcmalloc", "the program to run is missing")]
    [InlineData("run --stdout inherit --format json -- /bin/true", "would mix on standard output")]
    [InlineData("run --frobnicate -- /bin/true", "--frobnicate")]
    [InlineData("leaks", "name reports, a run with --run, or a container with --container")]
    [InlineData("leaks --format xml file", "'xml' is no value of --format")]
    [InlineData("runs remove", "name runs, or give --older-than")]
    [InlineData("runs stop latest --signal NOPE", "'NOPE' is no signal")]
    [InlineData("compare one", "Required argument")]
    public void Wrong_values_are_usage_errors(string line, string expected)
    {
        var (code, output, error) = CliRunner.Run(line.Split(' '));
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_report_is_named_with_id_and_advice()
    {
        var (code, output, error) = CliRunner.Run("leaks", "/nonexistent/report.heap");
        Assert.Equal(3, code);
        Assert.Equal("", output);
        Assert.StartsWith("memtools: ", error, StringComparison.Ordinal);
        Assert.Contains("/nonexistent/report.heap", error, StringComparison.Ordinal);
        Assert.Matches(@"\n  \[ReportNotFound\]\n$", error);
    }

    [Fact]
    public void A_response_file_is_no_feature()
    {
        // System.CommandLine would read the words of a file named after an @; arguments must mean themselves.
        var (code, _, error) = CliRunner.Run("leaks", "@/etc/hostname");
        Assert.Equal(3, code);
        Assert.Contains("@/etc/hostname", error, StringComparison.Ordinal);
    }
}
