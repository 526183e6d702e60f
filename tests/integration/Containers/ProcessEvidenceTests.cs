using MemTools.Allocators.Launch;
using MemTools.Containers.Targets;
using MemTools.Reports.Model;

namespace MemTools.IntegrationTests.Containers;

/// <summary>Which process was checked, where an entry point stands before the program, it forks, or it leaves without its exit handlers.</summary>
public sealed class ProcessEvidenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => ["Gperftools", "LeakSanitizer", "Jemalloc", "Valgrind"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Behind_an_init_the_program_is_known(string engine)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        var options = new ContainerOptions { Init = true };
        SeenRun clean = await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky", "--clean") with { Engine = engine }, options);
        Assert.True(clean.Run.Verdict == Verdict.Clean, clean.Run.VerdictReason);
        int said = int.Parse(clean.Output.Split("pid ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(said, clean.Run.ProcessId);
        SeenRun leaky = await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky") with { Engine = engine }, options);
        Assert.Equal(Verdict.Leaks, leaky.Run.Verdict);
    }

    [Theory]
    [InlineData("Gperftools", Verdict.NotChecked)] // does not check forked children, and says so
    [InlineData("LeakSanitizer", Verdict.Leaks)]
    [InlineData("Valgrind", Verdict.Leaks)]
    public async Task A_forked_child_is_not_overlooked(string engine, Verdict verdict)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky", "--clean", "--fork") with { Engine = engine });
        Assert.True(seen.Run.Verdict == verdict, $"{seen.Run.Verdict}: {seen.Run.VerdictReason}");
        if (verdict == Verdict.Leaks)
        {
            LeakRecord leak = Assert.Single(seen.Reports, r => r.Verdict == Verdict.Leaks).Leaks.Single(l => l.Function == "leak_in_child");
            Assert.Equal((10, 1000), (leak.Objects, leak.Bytes));
        }
        else
        {
            Assert.Contains("fork", seen.Run.VerdictReason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_child_that_leaves_by_exit_is_not_clean()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync("debian:allocators", ContainerRuns.Check("/app/leaky", "--clean", "--fork-exit") with { Engine = "LeakSanitizer" });
        Assert.True(seen.Run.Verdict == Verdict.NotChecked, $"{seen.Run.Verdict}: {seen.Run.VerdictReason}");
        Assert.Contains(seen.Reports, r => r.Verdict == Verdict.NotChecked && r.VerdictReason.Contains("_exit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Gperftools")]
    [InlineData("LeakSanitizer")]
    [InlineData("Jemalloc")]
    public async Task A_program_that_is_killed_is_not_clean(string engine)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        SeenRun seen = await ContainerRuns.InImageAsync(
            "debian:allocators", ContainerRuns.Check("/app/leaky", "--clean", "--raise", "9") with { Engine = engine }, new ContainerOptions { Init = true });
        Assert.True(seen.Run.Verdict == Verdict.NotChecked, $"{seen.Run.Verdict}: {seen.Run.VerdictReason}");
    }

    [Fact]
    public async Task An_entry_script_that_runs_the_program_twice_is_clean_only_when_both_are()
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("mt-entry-");
        string script = Path.Combine(folder.FullName, "entry.sh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\n/app/leaky --clean >/dev/null\n\"$@\"\nexit $?\n", Token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, (UnixFileMode)0x1ED);
        var options = new ContainerOptions { Entrypoint = ["/entry/entry.sh"], Volumes = [folder.FullName + ":/entry:ro"] };
        LaunchRequest request = ContainerRuns.Check("/app/leaky", "--clean") with { Engine = "LeakSanitizer" };
        SeenRun clean = await ContainerRuns.InImageAsync("debian:allocators", request, options);
        Assert.True(clean.Run.Verdict == Verdict.Clean, $"{clean.Run.Verdict}: {clean.Run.VerdictReason}");
        SeenRun left = await ContainerRuns.InImageAsync("debian:allocators", request with { Arguments = ["--clean"u8.ToArray(), "--leave"u8.ToArray(), "0"u8.ToArray()] }, options);
        Assert.True(left.Run.Verdict == Verdict.NotChecked, $"{left.Run.Verdict}: {left.Run.VerdictReason}");
        folder.Delete(recursive: true);
    }
}
