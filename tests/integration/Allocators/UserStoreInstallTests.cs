using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>Installs into a store of their own, by this machine's real apt.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class UserStoreInstallTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-store-").FullName;

    private UserStore Store => new(Path.Combine(folder, "allocators"));

    private CanaryCache Cache => new(Path.Combine(folder, "canary.json"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("tcmalloc", "libgoogle-perftools4", Capability.Supported, Capability.Supported)]
    [InlineData("tcmalloc-debug", "libgoogle-perftools4", Capability.Supported, Capability.Supported)]
    [InlineData("tcmalloc-minimal", "libtcmalloc-minimal4", Capability.Absent, Capability.Absent)]
    [InlineData("jemalloc", "libjemalloc2", Capability.Absent, Capability.Supported)]
    [InlineData("mimalloc", "libmimalloc2.0", Capability.Absent, Capability.Absent)]
    [InlineData("tbbmalloc", "libtbbmalloc2", Capability.Absent, Capability.Absent)]
    public async Task Installs_and_proves(string name, string package, Capability heapCheck, Capability heapProfile)
    {
        await AptOnDebian12.RequireAsync();
        var token = TestContext.Current.CancellationToken;
        var result = await Provisioner.InstallAsync(Request(name), LocalTarget.Instance, cancellation: token);
        var found = result.Allocator;

        Assert.False(result.AlreadyInstalled);
        Assert.Equal((name, package, InstallScope.CurrentUser), (found.Name, found.Package, found.Scope!.Value));
        Assert.Equal((heapCheck, heapProfile), (found.HeapCheck, found.HeapProfile));
        Assert.Null(found.Problem);
        Assert.StartsWith(await AptOnDebian12.CandidateAsync(package), Store.List(name)[0].Manifest.Version, StringComparison.Ordinal);
        Assert.StartsWith(found.Version!, Store.List(name)[0].Manifest.Version, StringComparison.Ordinal);
        Assert.All(found.GetPreload(), path => Assert.StartsWith(Store.Root, path, StringComparison.Ordinal));

        // Without any LD_LIBRARY_PATH the preload gets into a program.
        var cat = await LocalTarget.Instance.RunAsync(
            new CommandRequest("cat", ["/proc/self/maps"], new Dictionary<string, string?> { ["LD_PRELOAD"] = string.Join(':', found.GetPreload()), ["LD_LIBRARY_PATH"] = null }), token);
        Assert.Contains(found.Path!, cat.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("ld.so", cat.StandardError, StringComparison.Ordinal);

        // Found again by name, and the second install does nothing.
        var resolved = await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, name, HeapCheckMode.Normal, new FindRequest { Store = Store, Cache = Cache }, token);
        Assert.Equal(found.Path, resolved.Path);
        Assert.True((await Provisioner.InstallAsync(Request(name), LocalTarget.Instance, cancellation: token)).AlreadyInstalled);
        AssertNothingHalfMade();
    }

    [Fact]
    public async Task Installs_tcmalloc_for_whoever_runs_it()
    {
        await AptOnDebian12.RequireAsync();
        var result = await Provisioner.InstallAsync(Request("tcmalloc"), LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((Capability.Supported, Capability.Supported, (string?)null), (result.Allocator.HeapCheck, result.Allocator.HeapProfile, result.Allocator.Problem));
        AssertNothingHalfMade();
    }

    [Fact]
    public async Task Works_for_a_user_without_root()
    {
        await AptOnDebian12.RequireAsync();
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "only root can become another user; run as one, the other tests show the same");
        Assert.SkipUnless(LocalTarget.Instance.FindProgram("setpriv") is not null, "setpriv is not installed");
        var home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
        File.SetUnixFileMode(home, (UnixFileMode)0x1ff);
        var environment = new Dictionary<string, string?> { ["HOME"] = home, ["TMPDIR"] = home, ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = home };
        var run = await LocalTarget.Instance.RunAsync(
            new CommandRequest(
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", Environment.ProcessPath!, "-noColor", "-method", "*" + nameof(Installs_tcmalloc_for_whoever_runs_it)],
                environment, "/"),
            TestContext.Current.CancellationToken);
        Assert.SkipWhen(run.ExitCode is 126 or 127 || run.StandardError.Contains("Permission denied", StringComparison.Ordinal), "another user may not read the tests' folder");
        Assert.True(run.ExitCode == 0, run.StandardOutput + run.StandardError);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", run.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Brings_libunwind_and_preloads_it_first_where_the_system_has_none(bool inDisorder)
    {
        await AptOnDebian12.RequireAsync();
        var token = TestContext.Current.CancellationToken;
        var result = await Provisioner.InstallAsync(Request("tcmalloc"), WithoutLibunwind(inDisorder), cancellation: token);
        var preload = result.Allocator.GetPreload();
        Assert.Equal(["libunwind.so.8", "libtcmalloc.so.4"], preload.Select(Path.GetFileName));
        Assert.Contains(result.Packages, p => p.StartsWith("libunwind8 ", StringComparison.Ordinal));
        Assert.Equal(Capability.Supported, result.Allocator.HeapCheck);

        // The loader takes the preloaded one although this machine may have its own.
        var cat = await LocalTarget.Instance.RunAsync(
            new CommandRequest("cat", ["/proc/self/maps"], new Dictionary<string, string?> { ["LD_PRELOAD"] = string.Join(':', preload) }), token);
        Assert.Contains(preload[0], cat.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("/usr/lib/x86_64-linux-gnu/libunwind", cat.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plans_the_exact_commands_and_changes_nothing()
    {
        await AptOnDebian12.RequireAsync();
        var version = await AptOnDebian12.CandidateAsync("libgoogle-perftools4");
        var plan = await Provisioner.PlanAsync(Request("tcmalloc"), LocalTarget.Instance, TestContext.Current.CancellationToken);
        Assert.Equal($"libgoogle-perftools4={version}", plan.Packages[0]);
        Assert.Contains(plan.Commands, c => c.StartsWith("cd ", StringComparison.Ordinal)
            && c.Contains($"apt-get -q download libgoogle-perftools4={version}", StringComparison.Ordinal));
        Assert.Contains(plan.Commands, c => c.StartsWith("dpkg-deb -x ", StringComparison.Ordinal));
        Assert.Equal(Path.Combine(Store.Root, "tcmalloc", version), plan.Folder);
        Assert.False(Directory.Exists(Store.Root));
    }

    [Fact]
    public async Task Two_at_once_leave_one_whole_install()
    {
        await AptOnDebian12.RequireAsync();
        var token = TestContext.Current.CancellationToken;
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Provisioner.InstallAsync(Request("jemalloc"), LocalTarget.Instance, cancellation: token)));
        Assert.Single(results, r => !r.AlreadyInstalled);
        Assert.Single(results.Select(r => r.Allocator.Path).Distinct());
        Assert.Single(Store.List());
        AssertNothingHalfMade();
    }

    [Fact]
    public async Task A_cancelled_install_leaves_nothing()
    {
        await AptOnDebian12.RequireAsync();
        foreach (var activity in new[] { "Downloading", "Unpacking", "Proving" })
        {
            using var cancel = new CancellationTokenSource();
            var progress = new OnStep(step =>
            {
                if (step.Activity == activity)
                {
                    cancel.Cancel();
                }
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Provisioner.InstallAsync(Request("mimalloc"), LocalTarget.Instance, progress, cancel.Token));
            Assert.Empty(Store.List());
            AssertNothingHalfMade();
        }
    }

    [Fact]
    public async Task What_a_killed_install_left_is_swept_by_the_next()
    {
        await AptOnDebian12.RequireAsync();
        var stale = Directory.CreateDirectory(Path.Combine(Store.Root, ".tmp-left"));
        await File.WriteAllTextAsync(Path.Combine(stale.FullName, "half.deb"), "x", TestContext.Current.CancellationToken);
        await Provisioner.InstallAsync(Request("jemalloc"), LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken);
        AssertNothingHalfMade();
    }

    [Fact]
    public async Task Force_installs_anew_and_uninstall_removes()
    {
        await AptOnDebian12.RequireAsync();
        var token = TestContext.Current.CancellationToken;
        await Provisioner.InstallAsync(Request("jemalloc"), LocalTarget.Instance, cancellation: token);
        var stored = Assert.Single(Store.List("jemalloc"));
        await File.WriteAllTextAsync(Path.Combine(stored.Directory, "mark"), "", token);

        Assert.True((await Provisioner.PlanAsync(Request("jemalloc"), LocalTarget.Instance, token)).IsDone);
        var again = await Provisioner.InstallAsync(Request("jemalloc") with { Force = true }, LocalTarget.Instance, cancellation: token);
        Assert.False(again.AlreadyInstalled);
        Assert.False(File.Exists(Path.Combine(stored.Directory, "mark")));
        AssertNothingHalfMade();

        var plan = await Provisioner.PlanUninstallAsync(new UninstallRequest { Name = "jemalloc", Store = Store }, LocalTarget.Instance, token);
        Assert.Equal([$"rm -r {stored.Directory}"], plan.Commands);
        Assert.Single(Store.List());
        await Provisioner.UninstallAsync(new UninstallRequest { Name = "jemalloc", Store = Store }, LocalTarget.Instance, cancellation: token);
        Assert.Empty(Store.List());
        Assert.False(Directory.Exists(Path.Combine(Store.Root, "jemalloc")));
        var error = await Assert.ThrowsAsync<MemToolsException>(
            () => Provisioner.UninstallAsync(new UninstallRequest { Name = "jemalloc", Store = Store }, LocalTarget.Instance, cancellation: token));
        Assert.Equal("AllocatorNotInstalled", error.ErrorId);
    }

    [Fact]
    public async Task A_library_that_vanished_from_the_store_counts_as_not_installed()
    {
        await AptOnDebian12.RequireAsync();
        var token = TestContext.Current.CancellationToken;
        var first = await Provisioner.InstallAsync(Request("mimalloc"), LocalTarget.Instance, cancellation: token);
        File.Delete(first.Allocator.Path!);
        Assert.Empty(Store.List());
        var second = await Provisioner.InstallAsync(Request("mimalloc"), LocalTarget.Instance, cancellation: token);
        Assert.False(second.AlreadyInstalled);
        Assert.True(File.Exists(first.Allocator.Path));
    }

    [Fact]
    public async Task A_version_that_does_not_exist_lists_those_that_do()
    {
        await AptOnDebian12.RequireAsync();
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            Request("jemalloc") with { Version = "4.9.9" }, LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("PackageVersionNotFound", error.ErrorId);
        Assert.Contains(await AptOnDebian12.CandidateAsync("libjemalloc2"), error.RecommendedAction!, StringComparison.Ordinal);
        AssertNothingHalfMade();
    }

    [Fact]
    public async Task Programs_and_the_C_library_only_go_into_the_system()
    {
        foreach (var name in new[] { "valgrind", "heaptrack", "ptmalloc", "libc-malloc-debug" })
        {
            var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
                Request(name), LocalTarget.Instance, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal("ScopeNotSupported", error.ErrorId);
        }

        Assert.False(Directory.Exists(Store.Root));
    }

    [Fact]
    public async Task A_store_below_a_path_that_LD_PRELOAD_would_split_is_refused()
    {
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            Request("jemalloc") with { Store = new UserStore(Path.Combine(folder, "my data")) }, LocalTarget.Instance,
            cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("StorePathNotPreloadable", error.ErrorId);
    }

    private InstallRequest Request(string name) => new() { Name = name, Store = Store, Cache = Cache };

    private void AssertNothingHalfMade()
    {
        if (Directory.Exists(Store.Root))
        {
            Assert.DoesNotContain(Directory.GetFileSystemEntries(Store.Root), e => Path.GetFileName(e).StartsWith(".tmp", StringComparison.Ordinal));
        }
    }

    // dpkg's status without libunwind8, of a machine that has little more than the C and C++ libraries, or (in disorder) has packages that
    // miss it; and a file system without its library.
    private HidingTarget WithoutLibunwind(bool inDisorder)
    {
        var status = Path.Combine(folder, "status");
        string[] small = ["gcc-12-base", "libc6", "libgcc-s1", "libstdc++6", "liblzma5"];
        File.WriteAllText(status, string.Join("\n\n", File.ReadAllText("/var/lib/dpkg/status").Split("\n\n").Where(p =>
            inDisorder ? !p.StartsWith("Package: libunwind8\n", StringComparison.Ordinal) : small.Any(n => p.StartsWith($"Package: {n}\n", StringComparison.Ordinal)))) + "\n");
        return new HidingTarget(p => p.Contains("libunwind", StringComparison.Ordinal) && p.StartsWith("/usr", StringComparison.Ordinal) | p.StartsWith("/lib", StringComparison.Ordinal))
        {
            Rewrite = r => r.FileName is "apt-get" or "apt-cache" ? r with { Arguments = ["-o", $"Dir::State::status={status}", .. r.Arguments] } : r,
        };
    }

    private sealed class OnStep(Action<ProgressStep> action) : IProgress<ProgressStep>
    {
        public void Report(ProgressStep value) => action(value);
    }
}
