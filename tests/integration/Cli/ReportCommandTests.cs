using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MemTools.IntegrationTests.Cli;

/// <summary><c>memtools report</c> as a process: it stops when it is told to, and leaves nothing behind.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly CommandProcess _memtools = new();

    public void Dispose() => _memtools.Dispose();

    /// <summary>Input that never ends: from a pipe whose writer is silent, and from one that writes for ever.</summary>
    [Theory]
    [InlineData("silent")]
    [InlineData("endless")]
    public async Task An_interrupt_ends_the_reading(string writer)
    {
        CommandProcess.Need();
        string pipe = Path.Combine(_memtools.Folder, "pipe"), report = Path.Combine(_memtools.Folder, "report.txt");
        using (Process made = Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        using Process process = _memtools.Start(["report", "--no-symbols", "-o", report, pipe]);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task feeding = Task.Run(() => Feed(pipe, writer == "endless"), TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken); // it is reading by now
        Assert.False(process.HasExited, $"it ended by itself: {(process.HasExited ? await error : "")}");
        using (Process kill = Process.Start("/bin/kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        bool ended = process.WaitForExit(s_patience);
        if (!ended)
            process.Kill();
        Assert.True(ended, "it goes on after an interrupt");
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.GetFiles(_memtools.Folder, "report*"));
        await feeding;
    }

    [Theory]
    [InlineData("--format", "treee", "'treee' is no value of --format; there are: text, tree, ", "did you mean 'tree'?")]
    [InlineData("--granularity", "adresses", "there are: functions, filefunctions, files, lines, addresses", "did you mean 'addresses'?")]
    [InlineData("--divide_by", "0", "--divide_by needs a number other than 0", "")]
    public async Task A_wrong_value_is_told_with_the_right_ones(string option, string value, string words, string hint)
    {
        CommandProcess.Need();
        var (code, output, error) = await _memtools.RunAsync(["report", option, value, "none.heap"]);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_which_options_take_a_value()
    {
        CommandProcess.Need();
        string[] lines = (await _memtools.RunAsync(["report", "--help"])).Out.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("  --cum  ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  --nodecount N  ", StringComparison.Ordinal));
    }

    private static void Feed(string pipe, bool endless)
    {
        try
        {
            using var output = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            output.Write("heap profile: 1: 8 [ 1: 8] @ heapprofile\n"u8);
            // Distinct stacks up to some number, then the same again: the memory stays bounded.
            for (int line = 0; endless; line++)
                output.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(at => $" 1: 8 [ 1: 8] @ 0x{(line % 1000 * 100) + at + 1:x} 0x1\n"))));
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10);)
            {
                Thread.Sleep(100);
                output.WriteByte((byte)'\n'); // fails once the reader is gone
            }
        }
        catch (IOException)
        {
            // The reader is gone.
        }
    }
}
