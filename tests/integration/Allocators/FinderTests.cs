using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>The finder on this machine's real libraries.</summary>
public sealed class FinderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-finder-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private FindRequest Request(params string[] names) => new()
    {
        Names = names, Store = new UserStore(Path.Combine(folder, "store")), Cache = new CanaryCache(Path.Combine(folder, "canary.json")),
    };

    [Fact]
    public async Task Finds_glibc_itself_with_the_version_that_ldd_prints()
    {
        var ldd = await LocalTarget.Instance.RunAsync(new CommandRequest("ldd", ["--version"]), TestContext.Current.CancellationToken);
        var found = Assert.Single(
            await AllocatorFinder.FindAsync(LocalTarget.Instance, Request("ptmalloc"), TestContext.Current.CancellationToken),
            a => a.Architecture == LocalTarget.Instance.Architecture);
        Assert.NotNull(found.Version);
        Assert.EndsWith(found.Version, ldd.StandardOutput.Split('\n')[0], StringComparison.Ordinal);
        Assert.Equal(("glibc", Capability.Absent, Capability.Absent), (found.Libc, found.HeapCheck, found.HeapProfile));
        Assert.Empty(found.GetPreload());
    }

    [Fact]
    public async Task Proves_the_systems_tcmalloc_and_minimal_by_canary()
    {
        var full = await AllocatorFinder.FindAsync(LocalTarget.Instance, Request("tcmalloc"), TestContext.Current.CancellationToken);
        Assert.SkipUnless(full.Any(a => a.Scope == InstallScope.AllUsers), "tcmalloc is not installed on this system");
        var system = full.First(a => a.Scope == InstallScope.AllUsers);

        // dpkg knows the truth about the version.
        var query = await LocalTarget.Instance.RunAsync(
            new CommandRequest("dpkg-query", ["-W", "-f", "${Version}", "libgoogle-perftools4"]), TestContext.Current.CancellationToken);
        Assert.SkipUnless(query.ExitCode == 0, "libgoogle-perftools4 is not what brought it");
        Assert.Equal(query.StandardOutput[..query.StandardOutput.IndexOf('-')], system.Version);
        var removed = LibraryVersion.Compare(system.Version, "2.17") >= 0;
        Assert.Equal(removed ? Capability.Removed : Capability.Supported, system.HeapCheck);
        Assert.Equal(Capability.Supported, system.HeapProfile);
        Assert.Null(system.Problem);

        var minimal = await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, "tcmalloc-minimal", HeapCheckMode.None, Request(), TestContext.Current.CancellationToken);
        Assert.Equal((Capability.Absent, Capability.Absent), (minimal.HeapCheck, minimal.HeapProfile));
        Assert.DoesNotContain("Gperftools", minimal.Engines);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_and_one_that_is_no_library_are_errors()
    {
        var token = TestContext.Current.CancellationToken;
        var missing = await Assert.ThrowsAsync<MemToolsException>(
            () => AllocatorFinder.ResolveAsync(LocalTarget.Instance, "/nowhere/libfoo.so", request: Request(), cancellation: token));
        Assert.Equal("LibraryNotFound", missing.ErrorId);

        var text = Path.Combine(folder, "libtext.so");
        await File.WriteAllTextAsync(text, "no library", token);
        var bad = await Assert.ThrowsAsync<MemToolsException>(
            () => AllocatorFinder.ResolveAsync(LocalTarget.Instance, text, request: Request(), cancellation: token));
        Assert.Equal("NotAnElfFile", bad.ErrorId);
    }

    [Fact]
    public async Task A_library_that_is_no_allocator_has_no_capability()
    {
        var libm = (await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, "ptmalloc", request: Request(), cancellation: TestContext.Current.CancellationToken)).Path!.Replace("libc.so.6", "libm.so.6");
        var found = await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, libm, request: Request(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(("libm.so.6", InstallScope.Custom, Capability.Absent, Capability.Absent), (found.Name, found.Scope!.Value, found.HeapCheck, found.HeapProfile));
        Assert.Null(found.Problem);
    }

    [Fact]
    public async Task Reads_the_loaders_cache_as_ldconfig_does()
    {
        Assert.SkipUnless(File.Exists(LdSoCache.DefaultPath), "there is no ld.so.cache");
        var ldconfig = new[] { "/sbin/ldconfig", "/usr/sbin/ldconfig" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(ldconfig is null, "ldconfig is not installed");
        var printed = await LocalTarget.Instance.RunAsync(new CommandRequest(ldconfig!, ["-p"]), TestContext.Current.CancellationToken);
        var expected = printed.StandardOutput.Split('\n').Where(l => l.Contains(" => ", StringComparison.Ordinal))
            .Select(l => (l.Trim().Split(' ')[0], l[(l.IndexOf(" => ", StringComparison.Ordinal) + 4)..]));
        Assert.Equal(expected, LdSoCache.Read(await File.ReadAllBytesAsync(LdSoCache.DefaultPath, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_corrupt_cache_is_ignored_and_written_anew()
    {
        var cache = Path.Combine(folder, "canary.json");
        await File.WriteAllTextAsync(cache, "{\"schemaVersion\":1,\"libraries\":", TestContext.Current.CancellationToken);
        var found = await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, "ptmalloc", request: Request(), cancellation: TestContext.Current.CancellationToken);
        Assert.True(found.IsInstalled);
        Assert.Contains("\"ptmalloc\"", await File.ReadAllTextAsync(cache, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_writers_leave_a_whole_cache()
    {
        var token = TestContext.Current.CancellationToken;
        await Parallel.ForAsync(0, 8, token, async (_, inner) =>
            await AllocatorFinder.ResolveAsync(
                LocalTarget.Instance, "ptmalloc",
                request: Request() with { Cache = new CanaryCache(Path.Combine(folder, "canary.json")) }, cancellation: inner));
        using var document = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "canary.json"), token));
        Assert.Single(document.RootElement.GetProperty("libraries").EnumerateObject());
        Assert.Equal(["canary.json"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_is_not_installed_names_the_command_that_installs_it()
    {
        var target = new HidingTarget(path => path.Contains("tcmalloc", StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<MemToolsException>(
            () => AllocatorFinder.ResolveAsync(target, "tcmalloc", HeapCheckMode.Normal, Request(), TestContext.Current.CancellationToken));
        Assert.Equal(("AllocatorNotInstalled", "Install-Allocator tcmalloc / memtools install tcmalloc"), (error.ErrorId, error.RecommendedAction));
        Assert.Equal(MemToolsErrorCategory.NotInstalled, error.Category);
    }
}
