using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>The real apt in trouble: each is a clear error, and nothing is left behind.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AptFaultTests : IDisposable
{
    private const string TbbMalloc = "/usr/lib/x86_64-linux-gnu/libtbbmalloc_proxy.so.2";

    private readonly string folder = Directory.CreateTempSubdirectory("memtools-fault-").FullName;

    private UserStore Store => new(Path.Combine(folder, "store"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task No_network()
    {
        await AptOnDebian12.RequireAsync();
        var error = await FailAsync(WithApt("Acquire::http::Proxy \"http://127.0.0.1:9\"; Acquire::https::Proxy \"http://127.0.0.1:9\"; Acquire::Retries \"0\";"));
        Assert.Equal(("NoNetwork", MemToolsErrorCategory.ConnectionError), (error.ErrorId, error.Category));
    }

    [Fact]
    public async Task No_lists_and_no_network()
    {
        await AptOnDebian12.RequireAsync();
        var target = WithApt(
            "Acquire::http::Proxy \"http://127.0.0.1:9\"; Acquire::https::Proxy \"http://127.0.0.1:9\"; Acquire::Retries \"0\";",
            hidden: p => p.StartsWith("/var/lib/apt/lists/", StringComparison.Ordinal));
        Assert.Equal("NoNetwork", (await FailAsync(target)).ErrorId);
    }

    [Fact]
    public async Task A_repository_that_nobody_signed()
    {
        await AptOnDebian12.RequireAsync();
        var repository = Directory.CreateDirectory(Path.Combine(folder, "repository")).FullName;
        await File.WriteAllTextAsync(Path.Combine(repository, "Packages"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(repository, "Release"),
            "Origin: test\nDate: Sat, 01 Nov 2025 00:00:00 UTC\nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 Packages\n",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "sources.list"), $"deb file:{repository} ./\n", TestContext.Current.CancellationToken);
        var target = WithApt(
            $"Dir::Etc::sourcelist \"{folder}/sources.list\"; Dir::Etc::sourceparts \"/dev/null\";",
            hidden: p => p.StartsWith("/var/lib/apt/lists/", StringComparison.Ordinal));
        var error = await FailAsync(target);
        Assert.Equal(("BadSignature", MemToolsErrorCategory.SecurityError), (error.ErrorId, error.Category));
    }

    [Fact]
    public async Task A_distribution_without_the_package()
    {
        await AptOnDebian12.RequireAsync();
        var repository = Directory.CreateDirectory(Path.Combine(folder, "repository")).FullName;
        await File.WriteAllTextAsync(Path.Combine(repository, "Packages"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "sources.list"), $"deb [trusted=yes] file:{repository} ./\n", TestContext.Current.CancellationToken);
        var target = WithApt(
            $"Dir::Etc::sourcelist \"{folder}/sources.list\"; Dir::Etc::sourceparts \"/dev/null\";",
            hidden: p => p.StartsWith("/var/lib/apt/lists/", StringComparison.Ordinal));
        var error = await FailAsync(target);
        Assert.Equal("PackageNotFound", error.ErrorId);
        Assert.Contains("libmimalloc2.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_that_are_not_there_are_fetched_for_the_call_alone()
    {
        await AptOnDebian12.RequireAsync();
        var before = Lists();
        var target = new HidingTarget(p => p.StartsWith("/var/lib/apt/lists/", StringComparison.Ordinal));
        var plan = await Provisioner.PlanAsync(Request("mimalloc"), target, TestContext.Current.CancellationToken);
        Assert.Contains("-q update", plan.Commands[0], StringComparison.Ordinal);
        var result = await Provisioner.InstallAsync(Request("mimalloc"), target, cancellation: TestContext.Current.CancellationToken);
        Assert.Null(result.Allocator.Problem);
        Assert.Contains(result.Commands, c => c.Contains("Dir::State::lists=" + Store.Root, StringComparison.Ordinal) && c.EndsWith("-q update", StringComparison.Ordinal));
        Assert.Equal(before, Lists());
        Assert.Equal([".lock", "mimalloc"], Directory.GetFileSystemEntries(Store.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Without_root_and_sudo_the_error_shows_the_command()
    {
        await AptOnDebian12.RequireAsync();
        Without("libtbbmalloc2");
        var target = WithApt(DpkgStatus, p => p.EndsWith("/sudo", StringComparison.Ordinal), isRoot: false);
        var request = TbbMallocForAll;
        foreach (var call in new Func<Task>[]
        {
            () => Provisioner.InstallAsync(request, target, cancellation: TestContext.Current.CancellationToken),
            () => Provisioner.PlanAsync(request, target, TestContext.Current.CancellationToken),
        })
        {
            var error = await Assert.ThrowsAsync<MemToolsException>(call);
            Assert.Equal(("RootRequired", MemToolsErrorCategory.PermissionDenied), (error.ErrorId, error.Category));
            Assert.Contains("apt-get", error.RecommendedAction!, StringComparison.Ordinal);
            Assert.Contains("install libtbbmalloc2", error.RecommendedAction!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_lock_is_held()
    {
        await AptOnDebian12.RequireAsync();
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "apt looks at the lock only as root");
        Without("libtbbmalloc2");
        using var held = new FileStream(Path.Combine(Admin, "lock-frontend"), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        held.Lock(0, 0);
        var target = WithApt(DpkgStatus);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            TbbMallocForAll, target, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(("PackageManagerLocked", MemToolsErrorCategory.ResourceUnavailable), (error.ErrorId, error.Category));
    }

    /// <summary>Leaves the system as it was: where the package is there already it is removed first and installed last.</summary>
    [Fact]
    public async Task The_system_gets_and_loses_a_package()
    {
        await AptOnDebian12.RequireAsync();
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "installing into the system needs root");
        var wasThere = File.Exists(TbbMalloc);
        try
        {
            if (wasThere)
                await RemoveTbbMallocAsync();
            await InstallsAndRemovesAsync();
            if (wasThere)
                await InstallTbbMallocAsync();
        }
        catch (MemToolsException e) when (e.ErrorId == "PackageManagerLocked")
        {
            Assert.Skip("another package manager is at work: " + e.Message);
        }

        Assert.Equal(wasThere, File.Exists(TbbMalloc));
    }

    private async Task InstallsAndRemovesAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var plan = await Provisioner.PlanAsync(TbbMallocForAll, LocalTarget.Instance, token);
        Assert.Equal("apt", plan.Manager);
        Assert.EndsWith("install libtbbmalloc2=" + await AptOnDebian12.CandidateAsync("libtbbmalloc2"), plan.Commands[^1], StringComparison.Ordinal);
        var result = await InstallTbbMallocAsync();
        Assert.Equal(("tbbmalloc", "libtbbmalloc2", InstallScope.AllUsers), (result.Allocator.Name, result.Allocator.Package, result.Allocator.Scope!.Value));
        Assert.Null(result.Allocator.Problem);
        Assert.True((await InstallTbbMallocAsync()).AlreadyInstalled);
        Assert.True((await Provisioner.PlanAsync(TbbMallocForAll, LocalTarget.Instance, token)).IsDone);
        await RemoveTbbMallocAsync();
        Assert.False(File.Exists(TbbMalloc));
    }

    [Fact]
    public async Task What_others_need_is_not_removed()
    {
        await AptOnDebian12.RequireAsync();
        var query = await LocalTarget.Instance.RunAsync(
            new CommandRequest("dpkg-query", ["-W", "-f", "${db:Status-Status}", "libgcc-12-dev"]), TestContext.Current.CancellationToken);
        Assert.SkipUnless(query.StandardOutput == "installed", "gcc's libgcc-12-dev, which needs liblsan0, is not installed");
        foreach (var name in new[] { "lsan", "ptmalloc" })
        {
            var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.PlanUninstallAsync(
                new UninstallRequest { Name = name, Scope = InstallScope.AllUsers }, LocalTarget.Instance, TestContext.Current.CancellationToken));
            Assert.Equal("PackageStillNeeded", error.ErrorId);
            Assert.True(name != "lsan" || error.Message.Contains("libgcc-12-dev", StringComparison.Ordinal), error.Message);
        }
    }

    private InstallRequest Request(string name) => new() { Name = name, Store = Store };

    private async Task<MemToolsException> FailAsync(ITarget target)
    {
        var error = await Assert.ThrowsAsync<MemToolsException>(
            () => Provisioner.InstallAsync(Request("mimalloc"), target, cancellation: TestContext.Current.CancellationToken));
        Assert.NotNull(error.RecommendedAction);
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(Store.Root).Select(Path.GetFileName));
        return error;
    }

    private InstallRequest TbbMallocForAll => Request("tbbmalloc") with { Scope = InstallScope.AllUsers };

    private Task<InstallResult> InstallTbbMallocAsync() =>
        Provisioner.InstallAsync(TbbMallocForAll, LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken);

    private static Task<InstallPlan> RemoveTbbMallocAsync() => Provisioner.UninstallAsync(
        new UninstallRequest { Name = "tbbmalloc", Scope = InstallScope.AllUsers }, LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken);

    private string Admin => Path.Combine(folder, "dpkg");

    private string DpkgStatus => $"Dir::State::status \"{Admin}/status\";";

    /// <summary>Makes dpkg's database as it would be without a package.</summary>
    private void Without(string package)
    {
        Directory.CreateDirectory(Admin);
        var entries = File.ReadAllText("/var/lib/dpkg/status").Split("\n\n");
        File.WriteAllText(Path.Combine(Admin, "status"), string.Join("\n\n", entries.Where(e => !e.StartsWith($"Package: {package}\n", StringComparison.Ordinal))));
    }

    private HidingTarget WithApt(string configuration, Func<string, bool>? hidden = null, bool? isRoot = null)
    {
        var file = Path.Combine(folder, "apt.conf");
        File.WriteAllText(file, configuration + "\n");
        return new HidingTarget(hidden ?? (_ => false))
        {
            IsRoot = isRoot ?? LocalTarget.Instance.IsRoot,
            Rewrite = r => r with { Environment = (r.Environment ?? new Dictionary<string, string?>()).Concat(Database(file)).ToDictionary() },
        };
    }

    private IEnumerable<KeyValuePair<string, string?>> Database(string configuration)
    {
        yield return new("APT_CONFIG", configuration);
        if (Directory.Exists(Admin))
            yield return new("DPKG_ADMINDIR", Admin);
    }

    private static string[] Lists() => [.. Directory.EnumerateFiles("/var/lib/apt/lists").Where(f => !f.EndsWith("/lock", StringComparison.Ordinal)).Order()];
}
