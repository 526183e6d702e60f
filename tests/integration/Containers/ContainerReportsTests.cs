using MemTools.Containers;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.Containers;

/// <summary>Reports of containers that others started with a checker in their environment.</summary>
public sealed class ContainerReportsTests
{
    private const string Image = "memtools-test/debian:allocators";
    private const string Checker = "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4";
    private const string Sanitizer = "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/liblsan.so.0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<IReadOnlyList<LeakReport>> ReadAsync(string container) => ContainerReports.ReadAsync(container, new SymbolizeOptions(), cancellation: Token);

    /// <summary>Runs to the end as somebody else would, with docker's own command line.</summary>
    private static async Task<string> EndedAsync(string[] options, params string[] command)
    {
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string id = await TestEngine.DockerAsync(["create", "--label", TestEngine.Label, .. options, Image, .. command]);
        await TestEngine.RunAsync("docker", ["start", "-a", id], Token);
        return id;
    }

    private static void AssertPlanted(LeakReport report)
    {
        Assert.True(report.Verdict == Verdict.Leaks, report.VerdictReason);
        Assert.Equal(
            LeakyTruth.Leaks.Select(l => $"{l.Function} leaky.c:{l.Line} {l.Objects} {l.Bytes}").Order(StringComparer.Ordinal),
            report.Leaks.GroupBy(l => $"{l.Function} {Path.GetFileName(l.Location)}").Select(g => $"{g.Key} {g.Sum(l => l.Objects)} {g.Sum(l => l.Bytes)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_stopped_container_gives_log_and_file_with_functions_and_lines()
    {
        string id = await EndedAsync(["-e", Checker, "-e", "HEAPCHECK=normal"], "/app/leaky");
        string before = await TestEngine.DockerAsync("diff", id);
        LeakReport report = Assert.Single(await ReadAsync(id));
        AssertPlanted(report);
        Assert.Contains(report.Paths, p => p.EndsWith(":/tmp/leaky.1._main_-end.heap", StringComparison.Ordinal));
        Assert.Equal(before, await TestEngine.DockerAsync("diff", id));
        await TestEngine.DockerAsync("rm", id);
    }

    [Fact]
    public async Task The_dump_directory_of_the_environment_is_looked_into()
    {
        string id = await EndedAsync(["-e", Checker, "-e", "HEAPCHECK=strict", "-e", "HEAP_CHECK_DUMP_DIRECTORY=/var/tmp"], "/app/leaky");
        AssertPlanted(Assert.Single(await ReadAsync(id)));
        await TestEngine.DockerAsync("rm", id);
    }

    [Fact]
    public async Task Without_its_file_the_log_tells()
    {
        string id = await EndedAsync(["-e", Checker, "-e", "HEAPCHECK=normal", "-e", "HEAP_CHECK_DUMP_DIRECTORY=/nowhere"], "/app/leaky");
        LeakReport report = Assert.Single(await ReadAsync(id));
        Assert.Equal((Verdict.Leaks, LeakyTruth.Bytes, LeakyTruth.Objects), (report.Verdict, report.Bytes, report.Objects));
        Assert.Contains(report.Paths, p => p.EndsWith(":log", StringComparison.Ordinal));
        await TestEngine.DockerAsync("rm", id);
    }

    [Fact]
    public async Task A_clean_container_is_clean_by_the_words_in_its_log()
    {
        string id = await EndedAsync(["-e", Checker, "-e", "HEAPCHECK=normal"], "/app/leaky", "--clean", "--lines", "100000");
        LeakReport report = Assert.Single(await ReadAsync(id));
        Assert.True(report.Verdict == Verdict.Clean, report.VerdictReason);
        await TestEngine.DockerAsync("rm", id);
    }

    [Fact]
    public async Task A_terminals_log_is_understood()
    {
        string id = await EndedAsync(["-t", "-e", Checker, "-e", "HEAPCHECK=normal"], "/app/leaky", "--clean");
        LeakReport report = Assert.Single(await ReadAsync(id));
        Assert.True(report.Verdict == Verdict.Clean, report.VerdictReason);
        await TestEngine.DockerAsync("rm", id);
    }

    [Fact]
    public async Task Only_the_last_start_counts()
    {
        string id = await EndedAsync(["-e", Checker, "-e", "HEAPCHECK=normal"], "sh", "-c", "[ -e /once ] && exec /app/leaky --sleep 600; : >/once; exec /app/leaky --clean");
        await TestEngine.DockerAsync("start", id);
        LeakReport report = Assert.Single(await ReadAsync(id));
        Assert.Equal(Verdict.NotChecked, report.Verdict);
        Assert.Contains("still runs", report.VerdictReason, StringComparison.Ordinal);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [InlineData("/tmp on disk")]
    [InlineData("/tmp in memory", "--tmpfs", "/tmp")]
    public async Task What_was_executed_in_a_running_container_is_found_by_its_file(string kind, params string[] options)
    {
        Assert.NotEmpty(kind);
        (await TestEngine.RequireAsync("debian:allocators")).Dispose();
        string id = await TestEngine.StartContainerAsync("debian:allocators", [.. options, "-e", "HEAPCHECK=normal"], "sleep", "600");
        await TestEngine.RunAsync("docker", ["exec", "-e", Checker, id, "/app/leaky"], Token);
        AssertPlanted(Assert.Single(await ReadAsync(id)));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task LeakSanitizer_is_read_from_the_log_and_from_files()
    {
        string log = await EndedAsync(["-e", Sanitizer, "-e", "LSAN_OPTIONS=symbolize=0"], "/app/leaky");
        AssertPlanted(Assert.Single(await ReadAsync(log)));
        string file = await EndedAsync(["-e", Sanitizer, "-e", "LSAN_OPTIONS=symbolize=0:log_path=/var/tmp/leaks"], "/app/leaky");
        AssertPlanted(Assert.Single(await ReadAsync(file)));
        await TestEngine.DockerAsync("rm", log, file);
    }

    [Fact]
    public async Task Silence_is_never_clean()
    {
        string without = await EndedAsync([], "/app/leaky");
        LeakReport none = Assert.Single(await ReadAsync(without));
        Assert.Equal(Verdict.NotChecked, none.Verdict);
        Assert.Contains("HEAPCHECK", none.VerdictReason, StringComparison.Ordinal);
        string unloaded = await EndedAsync(["-e", "HEAPCHECK=normal"], "/app/leaky");
        Assert.Equal(Verdict.NotChecked, Assert.Single(await ReadAsync(unloaded)).Verdict);
        string killed = await EndedAsync(["--init", "-e", Checker, "-e", "HEAPCHECK=normal"], "/app/leaky", "--clean", "--raise", "9");
        Assert.Equal(Verdict.NotChecked, Assert.Single(await ReadAsync(killed)).Verdict);
        string unread = await EndedAsync(["--log-driver", "none", "-e", Checker, "-e", "HEAPCHECK=normal"], "/app/leaky", "--clean");
        LeakReport unseen = Assert.Single(await ReadAsync(unread));
        Assert.Equal(Verdict.NotChecked, unseen.Verdict);
        Assert.Contains(unseen.Warnings, w => w.Contains("log cannot be read", StringComparison.Ordinal));
        await TestEngine.DockerAsync("rm", without, unloaded, killed, unread);
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_told()
    {
        (await TestEngine.RequireAsync()).Dispose();
        Assert.Equal("ContainerNotFound", (await Assert.ThrowsAsync<MemToolsException>(() => ReadAsync("memtools-no-such"))).ErrorId);
    }
}
