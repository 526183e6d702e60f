namespace MemTools.Tests.Cli;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("memtools ", "run", "leaks", "allocators")]
    [InlineData("memtools al", "allocators")]
    [InlineData("memtools runs ", "list", "show", "wait", "stop", "remove")]
    [InlineData("memtools run --heap-check ", "normal", "strict", "draconian")]
    [InlineData("memtools run --heap-check nor", "normal")]
    [InlineData("memtools run --allocator tcmalloc-", "tcmalloc-minimal", "tcmalloc-debug")]
    [InlineData("memtools run --allow", "--allow-unchecked")]
    [InlineData("memtools completion ", "bash", "zsh", "fish")]
    public void Suggests_what_may_stand_at_the_cursor(string line, params string[] expected)
    {
        var (code, output, _) = CliRunner.Run($"[suggest:{line.Length}]", line);
        Assert.Equal(0, code);
        var items = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(expected, item => Assert.Contains(item, items));
        Assert.DoesNotContain("supervise", items);
    }

    [Fact]
    public void Nothing_after_the_program_is_ours()
    {
        const string line = "memtools run --heap-check normal -- ./prog --heap-che";
        Assert.Equal("", CliRunner.Run($"[suggest:{line.Length}]", line).Out);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _memtools memtools")]
    [InlineData("zsh", "#compdef memtools")]
    [InlineData("fish", "complete -c memtools")]
    public void Scripts(string shell, string expected) => Assert.Contains(expected, CliRunner.Run("completion", shell).Out, StringComparison.Ordinal);
}
