using System.Diagnostics;
using System.Text.Json;

namespace MemTools.IntegrationTests.Cli;

/// <summary><c>memtools</c> started as shells and scripts start things: with closed streams, on a full disk, as a background job of a terminal.</summary>
public sealed class OddSurroundingsTests : IDisposable
{
    private readonly CommandProcess _memtools = new();

    public void Dispose() => _memtools.Dispose();

    /// <summary>
    /// The runtime opens its signal pipe under the closed numbers: were the program's output written there, its first byte, 15, would end the program by SIGTERM.
    /// </summary>
    [Theory]
    [InlineData("<&- >&- 2>&-")]
    [InlineData(">&-")]
    [InlineData("<&- 2>&-")]
    public async Task Closed_streams_stay_closed(string closed)
    {
        CommandProcess.Need();
        var (code, _, _) = await ShellAsync($"{CommandProcess.Command} run -- /bin/sh -c 'printf \"\\017\\017\\017\\017\"; printf \"\\017\" >&2; sleep 1; exit 4' {closed}");
        Assert.Equal(4, code);
        var (_, json, _) = await _memtools.RunAsync(["runs", "show", "latest", "--format", "json"]);
        using var run = JsonDocument.Parse(json);
        var kept = await File.ReadAllBytesAsync(run.RootElement.GetProperty("standardOutputPath").GetString()!, TestContext.Current.CancellationToken);
        Assert.Equal("\u000f\u000f\u000f\u000f"u8.ToArray(), kept);
    }

    [Fact]
    public async Task A_closed_input_is_empty()
    {
        CommandProcess.Need();
        var (code, output, _) = await ShellAsync($"{CommandProcess.Command} leaks - <&-");
        Assert.Equal((3, ""), (code, output));
    }

    [Theory]
    [InlineData("--help > /dev/full")]
    [InlineData("allocators > /dev/full")]
    [InlineData("allocators > /dev/full 2>&1")]
    public async Task Results_that_cannot_be_written_are_an_error(string words)
    {
        CommandProcess.Need();
        var (code, _, error) = await ShellAsync($"{CommandProcess.Command} {words}");
        Assert.Equal(3, code);
        if (!words.EndsWith("2>&1", StringComparison.Ordinal))
            Assert.Contains("No space left on device", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_whose_name_is_not_UTF_8_is_told_what_to_do()
    {
        CommandProcess.Need();
        var (code, _, error) = await ShellAsync($"cd {_memtools.Folder} && p=$(printf 'tr\\377ue') && cp /bin/true \"$p\" && {CommandProcess.Command} run -- \"./$p\"; e=$?; rm \"$p\"; exit $e");
        Assert.Equal(3, code);
        Assert.Contains("not UTF-8", error, StringComparison.Ordinal);
        Assert.Contains("[ProgramNotFound]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGQUIT_is_passed_on_and_counts_as_no_request_to_end()
    {
        CommandProcess.Need();
        using var process = _memtools.Start(["run", "--", "/bin/sh", "-c", "trap 'echo asked' QUIT; trap 'echo bye; exit 6' INT; echo ready; while :; do sleep 0.05; done"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        foreach (var (signal, answer) in new[] { ("QUIT", "asked"), ("QUIT", "asked"), ("INT", "bye") })
        {
            using var kill = Process.Start("/bin/kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            Assert.Equal(answer, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(6, process.ExitCode);
    }

    /// <summary>In a process group of its own the program would be stopped for ever by its first look at the terminal.</summary>
    [Fact]
    public async Task A_background_job_that_is_brought_to_the_front_reads_from_the_terminal()
    {
        CommandProcess.Need();
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1), which gives a terminal");
        var mark = Path.Combine(_memtools.Folder, "started");
        var job = $"{CommandProcess.Command} run -- /bin/sh -c 'echo > {mark}; read x; echo got $x; exit 5'";
        var command = _memtools.Write("job.sh", $"set -m\n{job} &\nwhile ! [ -e {mark} ]; do sleep 0.05; done\nfg >/dev/null\necho code $?\n");
        var (_, output, _) = await ShellAsync($"printf 'hello\\n' | script -qec 'bash --norc {command}' /dev/null");
        Assert.Contains("got hello", output, StringComparison.Ordinal);
        Assert.Contains("code 5", output, StringComparison.Ordinal);
    }

    /// <summary>As after Ctrl+Z and bg: were the terminal's modes set by us then, the kernel would stop the whole group, and the program with it.</summary>
    [Fact]
    public async Task A_stopped_job_goes_on_in_the_background()
    {
        CommandProcess.Need();
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1), which gives a terminal");
        var (mark, more) = (Path.Combine(_memtools.Folder, "started"), Path.Combine(_memtools.Folder, "more"));
        var job = $"{CommandProcess.Command} run -- /bin/sh -c 'echo > {mark}; while ! [ -e {more} ]; do sleep 0.05; done; echo went on; exit 5'";
        var command = _memtools.Write(
            "job.sh", $"set -m\n{job} &\nwhile ! [ -e {mark} ]; do sleep 0.05; done\nkill -STOP %1\nsleep 0.2\nbg %1 >/dev/null\nsleep 0.5\necho > {more}\nwait %1\necho code $?\n");
        var (_, output, _) = await ShellAsync($"script -qec 'bash --norc {command}' /dev/null < /dev/null");
        Assert.Contains("went on", output, StringComparison.Ordinal);
        Assert.Contains("code 5", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Out, string Error)> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("timeout", ["60", "/bin/sh", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_memtools.Folder, "state");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
