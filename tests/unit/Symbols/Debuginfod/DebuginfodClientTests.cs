using MemTools.Reports;
using MemTools.Reports.Symbols.Debuginfod;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Tests.Symbols.Debuginfod;

/// <summary>The client against servers that answer well, badly, late or not at all. The file they give is this test's own runtime host.</summary>
public sealed class DebuginfodClientTests : IDisposable
{
    private const string OtherId = "00112233445566778899aabbccddeeff00112233";

    private static readonly string s_file = Environment.ProcessPath!;
    private static readonly byte[] s_content = File.ReadAllBytes(s_file);
    private static readonly string s_id = ReadId();

    private readonly string _cache = Path.Combine(Path.GetTempPath(), "memtools-debuginfod-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_cache))
            Directory.Delete(_cache, recursive: true);
    }

    private static CancellationToken End => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_downloaded_once_and_then_comes_from_the_cache()
    {
        var steps = new List<ProgressStep>();
        using FakeServer server = FakeServer.Giving(s_content);
        using var client = new DebuginfodClient([server.Address], Options() with { Progress = new Collector(steps) });

        string? path = await client.FetchDebugInfoAsync(s_id.ToUpperInvariant(), End);
        Assert.Equal(Path.Combine(_cache, s_id, "debuginfo"), path);
        Assert.Equal(s_content, await File.ReadAllBytesAsync(path!, End));
        Assert.Equal(path, await client.FetchDebugInfoAsync(s_id, End));
        using var second = new DebuginfodClient([server.Address], Options());
        Assert.Equal(path, await second.FetchDebugInfoAsync(s_id, End));

        Assert.Equal(1, server.Requests);
        Assert.Empty(client.Warnings);
        Assert.Equal(1.0, steps[^1].Fraction);
        Assert.Equal(["debuginfo", "debuginfo.origin"], Names());
        Assert.Equal("drwx------", Mode(Path.Combine(_cache, s_id)));
    }

    [Fact]
    public async Task Each_artifact_is_asked_for_at_its_own_address()
    {
        var asked = new List<string>();
        using var server = new FakeServer((context, end) =>
        {
            lock (asked)
                asked.Add($"{context.Request.RawUrl} {context.Request.Headers["X-DEBUGINFOD-MAXSIZE"]}");
            return context.Response.OutputStream.WriteAsync(s_content, end).AsTask();
        });
        // Without its last slash, and with a folder of its own.
        using var client = new DebuginfodClient([server.Address + "sub/folder"], Options() with { MaxBytes = s_content.Length });
        Assert.NotNull(await client.FetchDebugInfoAsync(s_id, End));
        Assert.NotNull(await client.FetchExecutableAsync(s_id, End));
        string? source = await client.FetchSourceAsync(s_id, "/usr/src/a b/x+y#1.c", End);
        Assert.Equal("source#usr#src#a b#x+y#1.c", Path.GetFileName(source));
        Assert.Equal(
            [$"/sub/folder/buildid/{s_id}/debuginfo {s_content.Length}", $"/sub/folder/buildid/{s_id}/executable {s_content.Length}",
             $"/sub/folder/buildid/{s_id}/source/usr/src/a%20b/x%2By%231.c {s_content.Length}"], asked);
        Assert.Null(await client.FetchSourceAsync(s_id, "relative.c", End));
    }

    [Fact]
    public async Task That_no_server_has_a_file_is_believed_for_a_while_by_the_same_servers()
    {
        var clock = new SettableClock();
        using FakeServer one = FakeServer.Saying(404), two = FakeServer.Saying(404);
        using var client = new DebuginfodClient([one.Address, two.Address], Options(), clock);
        Assert.Null(await client.FetchDebugInfoAsync(s_id, End));
        Assert.Null(await client.FetchDebugInfoAsync(s_id, End));
        Assert.Equal((1, 1), (one.Requests, two.Requests));
        Assert.Empty(client.Warnings);

        using FakeServer having = FakeServer.Giving(s_content);
        using (var other = new DebuginfodClient([one.Address], Options(), clock))
            Assert.Null(await other.FetchDebugInfoAsync(s_id, End));
        Assert.Equal(1, one.Requests);

        clock.Now += TimeSpan.FromMinutes(11);
        Assert.Null(await client.FetchDebugInfoAsync(s_id, End));
        Assert.Equal((2, 2), (one.Requests, two.Requests));

        using var more = new DebuginfodClient([one.Address, having.Address], Options(), clock);
        Assert.NotNull(await more.FetchDebugInfoAsync(s_id, End));
        Assert.DoesNotContain("debuginfo.missing", Names());
    }

    [Fact]
    public async Task A_failing_server_is_tried_twice_and_the_others_serve()
    {
        using FakeServer broken = FakeServer.Saying(500), having = FakeServer.Giving(s_content);
        using (var alone = new DebuginfodClient([broken.Address], Options()))
        {
            Assert.Null(await alone.FetchDebugInfoAsync(s_id, End));
            Assert.Equal(2, broken.Requests);
            Assert.Contains("answered 500", Assert.Single(alone.Warnings));
            Assert.False(Directory.Exists(Path.Combine(_cache, s_id)));
        }
        using var both = new DebuginfodClient([broken.Address, having.Address], Options());
        Assert.NotNull(await both.FetchDebugInfoAsync(s_id, End));
    }

    [Fact]
    public async Task A_server_that_hangs_is_given_up_once_for_all_files()
    {
        using FakeServer hanging = FakeServer.Hanging();
        using var client = new DebuginfodClient([hanging.Address], Options() with { Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Null(await client.FetchDebugInfoAsync(s_id, End));
        Assert.Null(await client.FetchDebugInfoAsync(OtherId, End));
        Assert.Equal(1, hanging.Requests);
        Assert.Contains("did not answer within 0.3 s", Assert.Single(client.Warnings));
    }

    [Fact]
    public async Task Nobody_at_the_address_is_a_warning()
    {
        using var client = new DebuginfodClient([$"http://127.0.0.1:{FakeServer.FreePort()}/", "ftp://x/"], Options());
        Assert.Null(await client.FetchDebugInfoAsync(s_id, End));
        Assert.Equal(2, client.Warnings.Count);
        Assert.Contains("ftp://x/", client.Warnings.First());
        Assert.Contains("cannot be reached", client.Warnings.Last());
    }

    [Fact]
    public async Task A_transfer_that_stalls_is_given_up()
    {
        using var server = new FakeServer(async (context, end) =>
        {
            context.Response.ContentLength64 = s_content.Length;
            await context.Response.OutputStream.WriteAsync(s_content.AsMemory(0, 5000), end);
            await context.Response.OutputStream.FlushAsync(end);
            await Task.Delay(Timeout.Infinite, end);
        });
        using var client = new DebuginfodClient([server.Address], Options() with { Timeout = TimeSpan.FromMilliseconds(300) });
        await AssertRefused(client, "too slow");
    }

    [Fact]
    public async Task A_body_cut_short_is_refused()
    {
        using var server = new FakeServer(async (context, end) =>
        {
            context.Response.ContentLength64 = s_content.Length;
            await context.Response.OutputStream.WriteAsync(s_content.AsMemory(0, s_content.Length / 2), end);
            context.Response.Abort();
        });
        using var client = new DebuginfodClient([server.Address], Options());
        await AssertRefused(client, "broke off");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_too_large_is_refused_whether_announced_or_not(bool announced)
    {
        using var server = new FakeServer(async (context, end) =>
        {
            if (announced)
                context.Response.ContentLength64 = s_content.Length;
            else
                context.Response.SendChunked = true;
            await context.Response.OutputStream.WriteAsync(s_content, end);
        });
        using var client = new DebuginfodClient([server.Address], Options() with { MaxBytes = 5000 });
        await AssertRefused(client, "more than the 5000");
    }

    [Fact]
    public async Task What_is_no_elf_file_or_another_builds_is_refused_and_the_next_server_serves()
    {
        using FakeServer page = FakeServer.Giving("<html>Please log in</html>"u8.ToArray()), having = FakeServer.Giving(s_content);
        using (var client = new DebuginfodClient([page.Address], Options()))
            await AssertRefused(client, "no ELF file");
        using (var client = new DebuginfodClient([having.Address], Options()))
        {
            Assert.Null(await client.FetchDebugInfoAsync(OtherId, End));
            Assert.Contains($"another build, {s_id}", Assert.Single(client.Warnings));
        }
        using var both = new DebuginfodClient([page.Address, having.Address], Options());
        Assert.NotNull(await both.FetchDebugInfoAsync(s_id, End));
    }

    [Fact]
    public async Task An_old_file_is_asked_after_by_its_etag()
    {
        var clock = new SettableClock();
        using FakeServer server = FakeServer.Giving(s_content, "\"v1\"");
        using (var client = new DebuginfodClient([server.Address], Options(), clock))
            Assert.NotNull(await client.FetchDebugInfoAsync(s_id, End));
        // Not so old yet that it would be thrown away unused.
        clock.Now += TimeSpan.FromDays(8);
        DebuginfodOptions options = Options() with { UnusedAge = TimeSpan.FromDays(100) };
        using (var client = new DebuginfodClient([server.Address], options, clock))
        {
            Assert.NotNull(await client.FetchDebugInfoAsync(s_id, End));
            Assert.Equal(2, server.Requests);
            Assert.NotNull(await client.FetchDebugInfoAsync(s_id, End));
            Assert.Equal(2, server.Requests);
        }
        // A server that has gone away costs nothing but the answer.
        clock.Now += TimeSpan.FromDays(8);
        server.Dispose();
        using var offline = new DebuginfodClient([server.Address], options, clock);
        Assert.NotNull(await offline.FetchDebugInfoAsync(s_id, End));
        Assert.Single(offline.Warnings);
    }

    [Fact]
    public async Task Files_that_nobody_uses_are_removed_after_a_week()
    {
        var clock = new SettableClock();
        using FakeServer server = FakeServer.Giving(s_content);
        using (var client = new DebuginfodClient([server.Address], Options(), clock))
            Assert.NotNull(await client.FetchDebugInfoAsync(s_id, End));
        clock.Now += TimeSpan.FromDays(9);
        using (var client = new DebuginfodClient([server.Address], Options(), clock))
            Assert.Null(await client.FetchDebugInfoAsync(OtherId, End));
        Assert.False(Directory.Exists(Path.Combine(_cache, s_id)));
    }

    [Fact]
    public async Task Many_who_ask_for_the_same_file_download_it_once()
    {
        using var server = new FakeServer(async (context, end) =>
        {
            await Task.Delay(200, end);
            await context.Response.OutputStream.WriteAsync(s_content, end);
        });
        DebuginfodClient[] clients = [.. Enumerable.Range(0, 8).Select(_ => new DebuginfodClient([server.Address], Options()))];
        string?[] paths = await Task.WhenAll(clients.SelectMany(c => new[] { c.FetchDebugInfoAsync(s_id, End), c.FetchDebugInfoAsync(s_id, End) }));
        Assert.All(paths, p => Assert.Equal(s_content.Length, new FileInfo(p!).Length));
        Assert.Equal(1, server.Requests);
        Assert.Equal(["debuginfo", "debuginfo.origin"], Names());
        Assert.All(clients, c => c.Dispose());
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        using var started = new SemaphoreSlim(0);
        using var server = new FakeServer(async (context, end) =>
        {
            context.Response.ContentLength64 = s_content.Length;
            await context.Response.OutputStream.WriteAsync(s_content.AsMemory(0, 5000), end);
            await context.Response.OutputStream.FlushAsync(end);
            started.Release();
            await Task.Delay(Timeout.Infinite, end);
        });
        using var cancel = new CancellationTokenSource();
        using var client = new DebuginfodClient([server.Address], Options());
        Task<string?> fetching = client.FetchDebugInfoAsync(s_id, cancel.Token);
        await started.WaitAsync(End);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
        Assert.False(Directory.Exists(Path.Combine(_cache, s_id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../etc/passwd")]
    [InlineData("abc")]
    [InlineData("zz112233")]
    public async Task What_is_no_build_id_is_not_asked_for(string id)
    {
        using FakeServer server = FakeServer.Giving(s_content);
        using var client = new DebuginfodClient([server.Address], Options());
        Assert.Null(await client.FetchDebugInfoAsync(id, End));
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task A_folder_can_be_a_server()
    {
        string folder = Path.Combine(_cache, "server", "buildid", s_id);
        Directory.CreateDirectory(folder);
        File.Copy(s_file, Path.Combine(folder, "debuginfo"));
        using var client = new DebuginfodClient([$"file://{_cache}/server"], Options());
        Assert.Equal(Path.Combine(_cache, s_id, "debuginfo"), await client.FetchDebugInfoAsync(s_id, End));
        Assert.Null(await client.FetchDebugInfoAsync(OtherId, End));
    }

    private async Task AssertRefused(DebuginfodClient client, string why)
    {
        Assert.Null(await client.FetchDebugInfoAsync(s_id, End));
        Assert.Contains(why, Assert.Single(client.Warnings));
        Assert.False(Directory.Exists(Path.Combine(_cache, s_id)));
    }

    private DebuginfodOptions Options() => new() { CacheFolder = _cache };

    private string[] Names() => [.. Directory.EnumerateFiles(Path.Combine(_cache, s_id)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private static string Mode(string path) => File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
        ? "drwx------" : File.GetUnixFileMode(path).ToString();

    private static string ReadId()
    {
        using ElfFile elf = ElfFile.Open(s_file);
        return elf.BuildId ?? throw new InvalidOperationException("the test host has no build-id");
    }

    private sealed class Collector(List<ProgressStep> steps) : IProgress<ProgressStep>
    {
        public void Report(ProgressStep value) => steps.Add(value);
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
