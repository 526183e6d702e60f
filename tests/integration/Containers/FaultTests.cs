using MemTools.Allocators.Launch;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Targets;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Containers;

/// <summary>What goes wrong with containers, for real.</summary>
public sealed class FaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Out_of_memory_is_told()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync(
            "debian:allocators", ContainerRuns.Check("/app/leaky", "--eat", "300"), new ContainerOptions { Memory = 64 << 20 });
        Assert.Equal(("SIGKILL", Verdict.NotChecked), (seen.Run.Signal, seen.Run.Verdict));
        Assert.Contains("out of memory", seen.Run.VerdictReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_removed_by_others_is_told()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync(
            "debian:allocators", ContainerRuns.Check("/app/leaky", "--sleep", "60"), null,
            async (_, session) => await TestEngine.DockerAsync("rm", "-f", ((ImageTarget)session.Target).ContainerId!));
        Assert.Equal(Verdict.NotChecked, seen.Run.Verdict);
        Assert.True(seen.Run.State is RunState.Lost || seen.Run.Signal == "SIGKILL");
    }

    [Fact]
    public async Task A_signal_reaches_the_program_in_a_running_container()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string id = await TestEngine.StartContainerAsync("debian:allocators", [], "sleep", "600");
        SeenRun seen = await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky", "--sleep", "60"), null, (program, _) =>
        {
            program.Interrupt(Signals.Terminate);
            return Task.CompletedTask;
        });
        Assert.Equal(("SIGTERM", Verdict.NotChecked), (seen.Run.Signal, seen.Run.Verdict));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task A_long_log_comes_whole()
    {
        (await TestEngine.RequireAsync("debian:bookworm")).Dispose();
        const int lines = 1_000_000;
        SeenRun seen = await ContainerRuns.InImageAsync("debian:bookworm", new LaunchRequest
        {
            FilePath = "/app/leaky", Arguments = ["--clean"u8.ToArray(), "--lines"u8.ToArray(), System.Text.Encoding.ASCII.GetBytes(lines.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        });
        Assert.Equal(lines, seen.Output.Split('\n').Count(l => l.StartsWith("line ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Many_at_once_do_not_get_into_each_others_way()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky"))));
        Assert.All(all, ContainerRuns.AssertPlanted);
    }

    [Fact]
    public async Task What_a_crash_left_is_swept_and_what_others_own_is_not()
    {
        using EngineClient client = await TestEngine.RequireAsync("debian:bookworm");
        string abandoned = await MakeAsync(client, "x1", ContainerLabels.Value(9_999_999, 1)), kept = await MakeAsync(client, "x2", ContainerLabels.Value(9_999_999, 1), "keep"),
            living = await MakeAsync(client, "x3", ContainerLabels.Self), foreign = await MakeAsync(client, "x4", "elsewhere/pid:[1]|999999|1");
        try
        {
            IReadOnlyList<string> removed = await Leftovers.SweepAsync(client, Token);
            Assert.Contains(abandoned, removed);
            Assert.DoesNotContain(kept, removed);
            Assert.DoesNotContain(living, removed);
            Assert.DoesNotContain(foreign, removed);
        }
        finally
        {
            foreach (string id in (string[])[abandoned, kept, living, foreign])
                await client.RemoveContainerAsync(id, Token);
        }
    }

    [Theory]
    [InlineData("#!/bin/sh\necho entry\nexec \"$@\"\n", 0, "Gperftools")]
    [InlineData("#!/bin/sh\n[ \"$1\" = x ] || echo entry\nexec \"$@\"\n", 1, "Gperftools")]
    [InlineData("#!/bin/sh\necho entry\nexec \"$@\"\n", 0, "LeakSanitizer")]
    [InlineData("#!/bin/sh\n[ \"$1\" = x ] || echo entry\nexec \"$@\"\n", 1, "LeakSanitizer")]
    public async Task An_entry_point_is_honoured_and_run_under_the_checker_only_when_it_must(string script, int findings, string engine)
    {
        using EngineClient client = await TestEngine.RequireAsync("debian:allocators");
        string tag = "entry-" + Guid.NewGuid().ToString("n"), file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script, Token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
        string made = await TestEngine.DockerAsync("create", "--label", "memtools-test=1", "memtools-test/debian:allocators");
        await TestEngine.DockerAsync("cp", file, made + ":/entry.sh");
        await TestEngine.DockerAsync("commit", "-c", "ENTRYPOINT [\"/entry.sh\"]", made, "memtools-test/" + tag);
        await TestEngine.DockerAsync("rm", made);
        SeenRun seen = await ContainerRuns.InImageAsync(tag, ContainerRuns.Check("/app/leaky") with { Engine = engine });
        // A shell that is checked as well says its banner too, and executes the program before its own verdict.
        ContainerRuns.AssertPlanted(seen with { Reports = [.. seen.Reports.Where(r => r.Verdict == Verdict.Leaks)] });
        Assert.StartsWith("entry\n", seen.Output, StringComparison.Ordinal);
        Assert.Equal(findings, seen.Warnings.Count(w => w.Contains("looks at the command", StringComparison.Ordinal)));
        await TestEngine.DockerAsync("rmi", "memtools-test/" + tag);
        File.Delete(file);
    }

    private static Task<string> MakeAsync(EngineClient client, string run, string owner, string? keep = null)
    {
        run += Guid.NewGuid().ToString("n");
        var labels = new Dictionary<string, string> { [ContainerLabels.Run] = run, [ContainerLabels.Owner] = owner, ["memtools-test"] = "1" };
        if (keep is not null)
            labels[ContainerLabels.Keep] = keep;
        return client.CreateContainerAsync(
            new CreateContainerRequest { Image = "memtools-test/debian:bookworm", Cmd = ["true"], Labels = labels }, ContainerLabels.NameOf(run), null, Token);
    }
}
