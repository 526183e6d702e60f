using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace MemTools.IntegrationTests.Cli;

/// <summary><c>memtools run</c> for real: streams, exit codes, signals.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly CommandProcess _memtools = new();

    public void Dispose() => _memtools.Dispose();

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -SEGV $$", 139)]
    [InlineData("kill -TERM $$", 143)]
    public async Task Ends_as_the_program_ends(string script, int expected)
    {
        CommandProcess.Need();
        var (code, output, _) = await _memtools.RunAsync(["run", "--", "/bin/sh", "-c", script]);
        Assert.Equal(expected, code);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task The_programs_output_goes_where_it_goes()
    {
        CommandProcess.Need();
        var (code, output, error) = await _memtools.RunAsync(["run", "--", "/bin/sh", "-c", "printf out; printf err >&2"]);
        Assert.Equal((0, "out", "err"), (code, output, error));
    }

    [Fact]
    public async Task Standard_input_reaches_the_program()
    {
        CommandProcess.Need();
        var (_, output, _) = await _memtools.RunAsync(["run", "--", "/bin/cat"], "some input\n");
        Assert.Equal("some input\n", output);
    }

    [Fact]
    public async Task Output_can_go_to_files_or_only_to_the_run_folder()
    {
        CommandProcess.Need();
        var file = Path.Combine(_memtools.Folder, "both.txt");
        var (_, output, error) = await _memtools.RunAsync(["run", "--stdout", file, "--stderr", "capture", "--", "/bin/sh", "-c", "echo out; echo err >&2"]);
        Assert.Equal(("", ""), (output, error));
        Assert.Equal("out\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var (_, json, _) = await _memtools.RunAsync(["runs", "show", "latest", "--format", "json"]);
        using var run = JsonDocument.Parse(json);
        Assert.Equal("err\n", await File.ReadAllTextAsync(run.RootElement.GetProperty("standardErrorPath").GetString()!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Arguments_arrive_byte_for_byte()
    {
        CommandProcess.Need();
        // /bin/sh hands over a byte that is not UTF-8; the program prints its arguments' bytes.
        var script = $"{CommandProcess.Command} run -- /bin/sh -c 'printf \"<%s>\" \"$@\" | od -An -tx1' x \"$(printf 'a\\377b')\" '' '--heap-check' 'two words' '@file'";
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            RedirectStandardOutput = true, Environment = { ["XDG_STATE_HOME"] = Path.Combine(_memtools.Folder, "state") },
        })!;
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var bytes = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(hex => Convert.ToByte(hex, 16)).ToArray();
        byte[] expected = [.. "<a"u8, 0xff, .. "b><><--heap-check><two words><@file>"u8];
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public async Task Environment_is_set_and_removed()
    {
        CommandProcess.Need();
        var (_, output, _) = await _memtools.RunAsync(
            ["run", "-e", "ADDED=a=b", "-e", "TAKEN", "--", "/bin/sh", "-c", "echo \"$ADDED,${TAKEN-gone},$KEPT\""],
            environment: new Dictionary<string, string> { ["TAKEN"] = "x", ["KEPT"] = "k" });
        Assert.Equal("a=b,gone,k\n", output);
    }

    [Fact]
    public async Task Json_is_alone_on_standard_output()
    {
        CommandProcess.Need();
        var (code, output, error) = await _memtools.RunAsync(["run", "--format", "json", "--", "/bin/sh", "-c", "echo from the program; exit 3"]);
        Assert.Equal(3, code);
        Assert.Contains("from the program", error, StringComparison.Ordinal);
        using var run = JsonDocument.Parse(output);
        Assert.Equal("/bin/sh", run.RootElement.GetProperty("filePath").GetString());
        Assert.Equal("Exited", run.RootElement.GetProperty("state").GetString());
        Assert.Equal(3, run.RootElement.GetProperty("exitCode").GetInt32());
        Assert.Equal(0, run.RootElement.GetProperty("reports").GetArrayLength());
    }

    [Fact]
    public async Task A_time_limit_ends_the_program()
    {
        CommandProcess.Need();
        var (code, _, _) = await _memtools.RunAsync(["run", "--timeout", "300ms", "--", "/bin/sleep", "60"]);
        Assert.Equal(143, code);
    }

    [Fact]
    public async Task SIGTERM_is_passed_on_and_the_exit_code_comes_back()
    {
        CommandProcess.Need();
        using var process = _memtools.Start(["run", "--", "/bin/sh", "-c", "trap 'echo ended in order; exit 9' TERM; echo ready; while :; do sleep 0.05; done"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Signal(process.Id, "TERM");
        Assert.Equal("ended in order", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(9, process.ExitCode);
    }

    [Theory]
    [InlineData("TERM", 15)]
    [InlineData("INT", 2)]
    public async Task A_second_signal_ends_a_program_that_ignores_the_first(string name, int number)
    {
        CommandProcess.Need();
        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim();
        Assert.SkipWhen(
            (Convert.ToUInt64(ignored, 16) >> (number - 1) & 1) != 0, $"SIG{name} is ignored here, as in what a script starts in the background, and what we start inherits that");
        using var process = _memtools.Start(["run", "--", "/bin/sh", "-c", $"trap 'echo ignored' {name}; echo ready; while :; do sleep 0.05; done"]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Signal(process.Id, name);
        Assert.Equal("ignored", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Signal(process.Id, name);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(137, process.ExitCode);
    }

    [Fact]
    public async Task What_cannot_be_started_is_an_error_with_id()
    {
        CommandProcess.Need();
        var (code, output, error) = await _memtools.RunAsync(["run", "--", "/nonexistent/program"]);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("[ProgramNotFound]", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_pipe_is_no_error_message()
    {
        CommandProcess.Need();
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{CommandProcess.Command} --help | head -1; echo ok"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("ok\n", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("", error);
    }

    /// <summary>The program would write 100 MB; its second line on is not kept either.</summary>
    [Fact]
    public async Task A_program_whose_reader_went_away_ends_as_without_us()
    {
        CommandProcess.Need();
        string script = $"{CommandProcess.Command} run -- /bin/sh -c 'yes | head -c 100000000; echo $? >&2' | head -1; ls -l {_memtools.Folder}/state/memtools/runs/*/stdout.txt";
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_STATE_HOME"] = Path.Combine(_memtools.Folder, "state");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var lines = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("y", 2), (lines[0], lines.Length));
        Assert.InRange(long.Parse(lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], System.Globalization.CultureInfo.InvariantCulture), 2, 10_000_000);
        Assert.DoesNotContain("went away", await error, StringComparison.Ordinal);
    }

    private static void Signal(int process, string name)
    {
        using var kill = Process.Start("/bin/kill", ["-" + name, process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
