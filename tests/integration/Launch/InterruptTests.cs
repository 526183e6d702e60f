using System.Text;
using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Launch;

/// <summary>Passing signals on, ending programs, time limits: nothing is left running.</summary>
public sealed class InterruptTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    private const string Server = """
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        static volatile sig_atomic_t stop;
        static void on(int s) { stop = s; }
        static void __attribute__((noinline)) leak(void) { volatile char *p = malloc(4321); p[0] = 1; }
        int main(void) {
          signal(SIGINT, on); signal(SIGTERM, on);
          leak(); volatile char pad[4096]; for (int i = 0; i < 4096; i++) pad[i] = 0;
          fputs("ready\n", stdout); fflush(stdout);
          while (!stop) pause();
          printf("stopped by %d\n", (int)stop); fflush(stdout);
          return 0;
        }
        """;

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_server_that_handles_the_signal_is_checked(int signal)
    {
        (RunningProgram program, Task ready) = await StartAsync(LaunchFixture.Check(fixture.Compile("server", Server)));
        await using (program)
        {
            await ready;
            program.Interrupt(signal);
            AllocatorRun run = await program.WaitAsync(LaunchFixture.Token);
            Assert.Equal((Verdict.Leaks, 1), (run.Verdict, run.ExitCode));
            Assert.Contains("4321 bytes in 1 objects", run.VerdictReason, StringComparison.Ordinal);
            Assert.Contains($"stopped by {signal}", await File.ReadAllTextAsync(run.StandardOutputPath!, LaunchFixture.Token), StringComparison.Ordinal);
            Assert.Equal(Signals.Name(signal), run.EndedBy);
        }
    }

    [Fact]
    public async Task The_second_signal_ends_a_stubborn_program_and_its_children()
    {
        (RunningProgram program, Task ready) = await StartAsync(new LaunchRequest
        {
            FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "trap '' INT TERM; setsid sleep 300 & sleep 300 & echo $!; echo ready; wait; wait; sleep 300"),
        });
        await using (program)
        {
            await ready;
            List<int> descendants = [.. Descendants(program.Run.ProcessId!.Value)];
            Assert.True(descendants.Count >= 2);
            program.Interrupt();
            program.Interrupt();
            AllocatorRun run = await program.WaitAsync(LaunchFixture.Token);
            Assert.Equal(("SIGKILL", null), (run.Signal, run.ExitCode));
            Assert.All(descendants, pid => Assert.False(IsAlive(pid), $"Process {pid} is left."));
        }
    }

    [Fact]
    public async Task Children_that_outlive_an_interrupted_program_are_ended()
    {
        (RunningProgram program, Task ready) = await StartAsync(new LaunchRequest
        {
            FilePath = "sh", Arguments = LaunchFixture.Arguments("-c", "trap 'exit 0' INT; (trap '' INT; echo ready; sleep 300; sleep 300) & wait; exit 0"),
        });
        await using (program)
        {
            await ready;
            List<int> descendants = [.. Descendants(program.Run.ProcessId!.Value)];
            Assert.NotEmpty(descendants);
            program.Interrupt();
            await program.WaitAsync(LaunchFixture.Token);
            Assert.All(descendants, pid => Assert.False(IsAlive(pid), $"Process {pid} is left."));
        }
    }

    [Fact]
    public async Task The_time_limit_asks_first()
    {
        AllocatorRun run = await fixture.RunAsync(LaunchFixture.Check(fixture.Compile("server", Server)) with { Timeout = TimeSpan.FromSeconds(5) });
        Assert.Equal((Verdict.Leaks, AllocatorRun.TimeLimit), (run.Verdict, run.EndedBy));
        run = await fixture.RunAsync(LaunchFixture.Check("/bin/sleep", arguments: ["300"]) with { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal((Verdict.NotChecked, "SIGTERM", AllocatorRun.TimeLimit), (run.Verdict, run.Signal, run.EndedBy));
        Assert.Contains("time limit", run.VerdictReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_and_cancelling_leave_nothing_running()
    {
        RunningProgram program = await Launcher.StartAsync(
            new LaunchRequest { FilePath = "sleep", Arguments = LaunchFixture.Arguments("300") }, null, null, fixture.Store, LaunchFixture.Token);
        int pid = program.Run.ProcessId!.Value;
        await program.DisposeAsync();
        Assert.False(IsAlive(pid));

        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource<int>();
        Task<AllocatorRun> run = Launcher.RunAsync(
            new LaunchRequest { FilePath = "sleep", Arguments = LaunchFixture.Arguments("300") }, null,
            new LaunchObserver { Started = r => started.TrySetResult(r.ProcessId!.Value) }, fixture.Store, source.Token);
        pid = await started.Task;
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.False(IsAlive(pid));
    }

    private async Task<(RunningProgram Program, Task Ready)> StartAsync(LaunchRequest request)
    {
        var ready = new TaskCompletionSource();
        var text = new StringBuilder();
        RunningProgram program = await Launcher.StartAsync(
            request, null,
            new LaunchObserver
            {
                StandardOutput = b =>
                {
                    text.Append(Encoding.UTF8.GetString(b.Span));
                    if (text.ToString().Contains("ready\n", StringComparison.Ordinal))
                        ready.TrySetResult();
                },
            },
            fixture.Store, LaunchFixture.Token);
        return (program, ready.Task.WaitAsync(TimeSpan.FromSeconds(30), LaunchFixture.Token));
    }

    private static IEnumerable<int> Descendants(int pid)
    {
        string path = $"/proc/{pid}/task/{pid}/children";
        foreach (string child in File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int id = int.Parse(child, System.Globalization.CultureInfo.InvariantCulture);
            yield return id;
            foreach (int below in Descendants(id))
                yield return below;
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
