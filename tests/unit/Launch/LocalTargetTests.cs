using System.Text;
using MemTools.Allocators;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Launch;

public class LocalTargetTests
{
    private static readonly LocalTarget Target = LocalTarget.Instance;

    [Fact]
    public async Task Both_streams_and_the_exit_code_are_captured()
    {
        CommandResult result = await Run("sh", "-c", "printf 'a b\\n'; printf err >&2; exit 7");
        Assert.Equal(new CommandResult(7, "a b\n", "err"), result);
    }

    [Fact]
    public async Task Arguments_are_never_joined_or_quoted()
    {
        CommandResult result = await Run("printf", "%s|", "a b", "", "$HOME", "'q\"", "ä\n");
        Assert.Equal("a b||$HOME|'q\"|ä\n|", result.StandardOutput);
    }

    [Fact]
    public async Task A_command_ended_by_a_signal_has_the_shells_exit_code()
    {
        Assert.Equal(137, (await Run("sh", "-c", "kill -9 $$")).ExitCode);
    }

    [Fact]
    public async Task Variables_are_set_and_removed_and_the_directory_is_entered()
    {
        CommandResult result = await Target.RunAsync(
            new CommandRequest(
                "sh", ["-c", "echo ${HOME-unset} $MEMTOOLS_X; pwd"],
                new Dictionary<string, string?> { ["HOME"] = null, ["MEMTOOLS_X"] = "x=y" }, "/usr"),
            TestContext.Current.CancellationToken);
        Assert.Equal("unset x=y\n/usr\n", result.StandardOutput);
    }

    [Fact]
    public async Task Lines_are_told_while_it_runs()
    {
        var lines = new List<string>();
        await Target.RunAsync(
            new CommandRequest("printf", ["one\\ntwo\\r\\nthree"], OnLine: lines.Add), TestContext.Current.CancellationToken);
        Assert.Equal(["one", "two", "three"], lines);
    }

    [Fact]
    public async Task Only_so_much_is_kept()
    {
        CommandResult result = await Target.RunAsync(
            new CommandRequest("sh", ["-c", "head -c 3000000 /dev/zero | tr '\\0' x"], CaptureLimit: 1000), TestContext.Current.CancellationToken);
        Assert.Equal(new string('x', 1000), result.StandardOutput);
    }

    [Fact]
    public async Task Cancelling_ends_the_command_and_what_it_started()
    {
        string marker = Path.Combine(Path.GetTempPath(), "memtools-" + Guid.NewGuid().ToString("N"));
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        Task<CommandResult> run = Target.RunAsync(
            new CommandRequest(
                "sh", ["-c", $"(sleep 3; touch {marker}) & echo go; wait"], OnLine: _ => started.TrySetResult()), source.Token);
        await started.Task;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        CommandResult left = await Run("sh", "-c", $"ps ax -o args= | grep -c '[t]ouch {marker}' || true");
        Assert.Equal("0", left.StandardOutput.Trim());
    }

    [Fact]
    public async Task A_missing_command_is_named()
    {
        var e = await Assert.ThrowsAsync<MemToolsException>(() => Run("no-such-command-here"));
        Assert.Equal("CommandNotFound", e.ErrorId);
        Assert.Equal("no-such-command-here", e.TargetObject);
        e = await Assert.ThrowsAsync<MemToolsException>(() => Run("/etc/passwd"));
        Assert.Equal("CommandNotStarted", e.ErrorId);
    }

    [Fact]
    public async Task Ignored_signals_are_not_handed_on()
    {
        // .NET ignores SIGPIPE (bit 12); the program must not.
        CommandResult result = await Run("grep", "SigIgn", "/proc/self/status");
        ulong ignored = Convert.ToUInt64(result.StandardOutput.Split(':')[1].Trim(), 16);
        Assert.Equal(0ul, ignored & (1ul << 12));
        result = await Run("grep", "SigBlk", "/proc/self/status");
        Assert.Equal("0000000000000000", result.StandardOutput.Split(':')[1].Trim());
    }

    [Fact]
    public async Task Raw_argument_bytes_reach_the_program()
    {
        var output = new MemoryStream();
        byte[] odd = [0xff, 0xfe, (byte)' ', 0x80];
        await using ITargetProcess process = await Target.StartAsync(
            new ProcessStart
            {
                FilePath = "/usr/bin/printf",
                Arguments = [Encoding.ASCII.GetBytes("%s"), odd],
                Environment = new Dictionary<string, string>(),
                OnOutput = b => output.Write(b.Span),
                OnError = _ => { },
            },
            TestContext.Current.CancellationToken);
        ProcessEnd end = await process.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, end.ExitCode);
        Assert.Equal(odd, output.ToArray());
        Assert.True(end.PeakResidentBytes > 100_000);
        Assert.True(end.MinorFaults > 0);
    }

    [Fact]
    public void Files_and_programs_are_found()
    {
        Assert.True(Target.Exists("/etc/passwd"));
        Assert.Null(Target.Fetch("/no/such/file", TestContext.Current.CancellationToken));
        Assert.Contains("passwd", Target.List("/etc"));
        Assert.Empty(Target.List("/no/such/directory"));
        Assert.EndsWith("/sh", Target.FindProgram("sh"), StringComparison.Ordinal);
        Assert.Null(Target.FindProgram("no-such-command-here"));
    }

    private static Task<CommandResult> Run(string file, params string[] arguments) =>
        Target.RunAsync(new CommandRequest(file, arguments), TestContext.Current.CancellationToken);
}
