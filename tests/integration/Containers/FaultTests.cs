using MemTools.Allocators.HeapCheck;
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
            async (_, session) => await TestEngine.DockerAsync("rm", "-fv", ((ImageTarget)session.Target).ContainerId!));
        Assert.Equal(Verdict.NotChecked, seen.Run.Verdict);
        Assert.True(seen.Run.State is RunState.Lost || seen.Run.Signal == "SIGKILL");
    }

    [Fact]
    public async Task An_engine_killed_in_mid_run_leaves_no_verdict_and_what_it_left_can_be_removed()
    {
        // An engine of its own: the others' containers stay out of it.
        SideEngine engine = await SideEngine.RequireAsync("docker trixie, to be killed", "distroless:latest");
        SeenRun seen = await ContainerRuns.InImageAsync(
            "distroless:latest", ContainerRuns.Check("/app/leaky", "--sleep", "60") with { Engine = "Gperftools" }, null, async (_, _) => await engine.KillAsync(), engine.Host);
        Assert.Equal((RunState.Lost, Verdict.NotChecked), (seen.Run.State, seen.Run.Verdict));
        Assert.Contains(engine.Host, seen.Run.VerdictReason, StringComparison.Ordinal);
        await engine.RestartAsync();
        string left = await engine.DockerAsync("ps", "-aq", "--filter", "label=memtools.run=" + seen.Run.Id);
        Assert.NotEqual("", left);
        // Its maker lives, so that it is not swept; a docker user removes it by the label.
        await engine.DockerAsync("rm", "-fv", left);
        ContainerRuns.AssertPlanted(await ContainerRuns.InImageAsync("distroless:latest", ContainerRuns.Check("/app/leaky") with { Engine = "Gperftools" }, host: engine.Host));
    }

    [Fact]
    public async Task A_full_disk_leaves_what_the_checker_said()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string id = await TestEngine.StartContainerAsync("debian:allocators", ["--read-only", "--tmpfs", "/tmp:size=256k"], "sleep", "600");
        SeenRun seen = await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky", "--fill", "/tmp") with { Engine = "Gperftools" });
        Assert.Contains("filled /tmp", seen.Error, StringComparison.Ordinal);
        Assert.Equal(Verdict.Leaks, seen.Run.Verdict);
        LeakReport report = Assert.Single(seen.Reports);
        Assert.Equal((LeakyTruth.Bytes, LeakyTruth.Objects), (report.Bytes, report.Objects));
        SeenRun clean = await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky", "--clean", "--exit", "4") with { Engine = "Gperftools" });
        Assert.Equal((Verdict.Clean, 4), (clean.Run.Verdict, clean.Run.ExitCode));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task Links_and_devices_in_a_real_engines_archive_stay_there()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string elsewhere = Path.Combine(Path.GetTempPath(), "mt-never-" + Guid.NewGuid().ToString("n"));
        const string script = "cd /.memtools; ln -s /etc/passwd passwd; ln -s \"$1\" out; ln -s ../../../../../../.. up; mkfifo pipe; : >\"$(printf 'a\\nb')\"; exec /app/leaky";
        IEnumerable<string> arguments = ["-c", script, "sh", elsewhere];
        var entries = new List<FileSystemInfo>();
        SeenRun seen = await ContainerRuns.InImageAsync(
            "debian:allocators", ContainerRuns.Check("/bin/sh", [.. arguments]) with { Engine = "Gperftools" },
            onEnd: folder => entries.AddRange(new DirectoryInfo(folder).EnumerateFileSystemInfos()));
        // The shell's helpers are checked as well; theirs are other reports.
        Assert.Contains(seen.Reports, r => (r.Verdict, r.Bytes, r.Objects) == (Verdict.Leaks, LeakyTruth.Bytes, LeakyTruth.Objects));
        Assert.All(entries, e => Assert.Null(e.LinkTarget));
        Assert.DoesNotContain(entries, e => e.Name is "passwd" or "out" or "up" or "pipe" || e.Name.Any(char.IsControl));
        Assert.False(Path.Exists(elsewhere));
        Assert.Contains(seen.Run.Warnings, w => w.Contains("passwd' was left in the container", StringComparison.Ordinal) && w.Contains("pipe'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_of_a_gibibyte_comes_whole()
    {
        (await TestEngine.RequireAsync("debian:bookworm")).Dispose();
        const int lines = 15_200_000, lineBytes = 71;
        long bytes = 0;
        await ContainerRuns.InImageAsync(
            "debian:bookworm", ContainerRuns.Check("/app/leaky", "--clean", "--lines", lines.ToString(System.Globalization.CultureInfo.InvariantCulture)) with { HeapCheck = HeapCheckMode.None },
            onOutput: part => bytes += part.Length);
        Assert.Equal("leaky: pid 1 uid 0\n".Length + (long)lines * lineBytes, bytes);
    }

    [Theory]
    [InlineData("LeakSanitizer")]
    [InlineData("Valgrind")]
    public async Task Naming_the_entry_points_own_program_keeps_its_arguments(string engine)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync(
            "debian:allocators", ContainerRuns.Check("/app/leaky", "--exit", "5") with { Engine = engine }, new ContainerOptions { Entrypoint = ["/app/leaky", "--clean"] });
        Assert.True((seen.Run.Verdict, seen.Run.ExitCode) == (Verdict.Clean, 5), $"{seen.Run.Verdict} {seen.Run.ExitCode}: {seen.Run.VerdictReason}\n{seen.Error}");
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
        SeenRun[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky"))));
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
        string made = await TestEngine.DockerAsync("create", "--label", TestEngine.Label, "memtools-test/debian:allocators");
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
        var labels = new Dictionary<string, string> { [ContainerLabels.Run] = run, [ContainerLabels.Owner] = owner, ["memtools-test"] = TestEngine.Owner };
        if (keep is not null)
            labels[ContainerLabels.Keep] = keep;
        return client.CreateContainerAsync(
            new CreateContainerRequest { Image = "memtools-test/debian:bookworm", Cmd = ["true"], Labels = labels }, ContainerLabels.NameOf(run), null, Token);
    }
}
