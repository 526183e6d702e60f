using MemTools.Allocators;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>gperftools 2.16, the last release with the heap checker, and 2.18, whose silence must not pass for a clean bill.</summary>
public sealed class NewerGperftoolsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-newer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("trixie", "2.16", Capability.Supported)]
    [InlineData("sid", "2.18", Capability.Removed)]
    public async Task In_its_own_suite(string suite, string version, Capability heapCheck)
    {
        var target = (await NewerSuite.RequireAsync(suite)).Target;
        var found = await AllocatorFinder.ResolveAsync(target, "tcmalloc", HeapCheckMode.Normal, cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith(version, found.Version, StringComparison.Ordinal);
        Assert.Equal((heapCheck, Capability.Supported), (found.HeapCheck, found.HeapProfile));
        Assert.Null(found.Problem);
        Assert.Equal(heapCheck == Capability.Supported, found.Engines.Contains("Gperftools"));
        var minimal = await AllocatorFinder.ResolveAsync(target, "tcmalloc-minimal", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((Capability.Absent, Capability.Absent), (minimal.HeapCheck, minimal.HeapProfile));
    }

    [Theory]
    [InlineData("trixie", Capability.Unknown)]
    [InlineData("sid", Capability.Removed)]
    public async Task On_an_older_system_it_does_not_load_and_nothing_is_claimed(string suite, Capability heapCheck)
    {
        var newer = await NewerSuite.RequireAsync(suite);
        await AptOnDebian12.RequireAsync();
        var path = newer.Target.Fetch("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4", TestContext.Current.CancellationToken)!;
        var found = await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, path, HeapCheckMode.Normal, new FindRequest { Cache = new CanaryCache(Path.Combine(folder, "canary.json")) },
            TestContext.Current.CancellationToken);
        Assert.Contains("GLIBC_2.38", found.Problem!, StringComparison.Ordinal);
        Assert.Equal(heapCheck, found.HeapCheck);
        Assert.Equal(Capability.Unknown, found.HeapProfile);
    }

    [Fact]
    public async Task A_package_for_a_newer_system_is_not_installed()
    {
        var newer = await NewerSuite.RequireAsync("sid");
        await AptOnDebian12.RequireAsync();
        var store = new UserStore(Path.Combine(folder, "store"));
        var target = new HidingTarget(_ => false)
        {
            Rewrite = r => r with { Environment = (r.Environment ?? new Dictionary<string, string?>()).Append(new("APT_CONFIG", newer.AptConfiguration)).ToDictionary() },
        };
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            new InstallRequest { Name = "tcmalloc", Store = store }, target, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("AllocatorNotUsable", error.ErrorId);
        Assert.Contains("GLIBC_2.38", error.Message, StringComparison.Ordinal);
        Assert.Empty(store.List());
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(store.Root).Select(Path.GetFileName));
    }
}
