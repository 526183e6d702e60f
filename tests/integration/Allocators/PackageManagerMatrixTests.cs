using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.IntegrationTests.Containers;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>Each package manager, for real, in a container that has only it.</summary>
public sealed class PackageManagerMatrixTests : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-matrix-").FullName;
    private string? container;

    public async ValueTask DisposeAsync()
    {
        if (container is not null)
        {
            await LocalTarget.Instance.RunAsync(new CommandRequest("docker", ["rm", "-f", container]), CancellationToken.None);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("debian:bookworm", "apt", "tcmalloc", "libgoogle-perftools4", Capability.Supported)]
    [InlineData("debian:trixie", "apt", "tcmalloc", "libgoogle-perftools4t64", Capability.Supported)]
    [InlineData("rpm:dnf", "dnf", "tcmalloc", "gperftools-libs", Capability.Supported)]
    [InlineData("rpm:dnf", "dnf", "jemalloc", "jemalloc", Capability.Absent)]
    [InlineData("rpm:dnf5", "dnf5", "tcmalloc", "gperftools-libs", Capability.Supported)]
    [InlineData("rpm:zypper", "zypper", "tcmalloc", "gperftools-libs", Capability.Supported)]
    [InlineData("arch:pacman", "pacman", "tcmalloc", "gperftools", Capability.Supported)]
    public async Task Installs_is_idempotent_and_removes(string image, string manager, string name, string package, Capability heapCheck)
    {
        var target = await StartAsync(image);
        var token = TestContext.Current.CancellationToken;
        var request = new InstallRequest { Name = name };
        var plan = await Provisioner.PlanAsync(request, target, token);
        Assert.Equal((manager, InstallScope.AllUsers, false), (plan.Manager, plan.Scope, plan.IsDone));

        var result = await Provisioner.InstallAsync(request, target, cancellation: token);
        Assert.Null(result.Allocator.Problem);
        Assert.Equal((name, package, heapCheck), (result.Allocator.Name, result.Allocator.Package, result.Allocator.HeapCheck));
        Assert.True((await Provisioner.InstallAsync(request, target, cancellation: token)).AlreadyInstalled);
        Assert.True((await Provisioner.PlanAsync(request, target, token)).IsDone);
        Assert.DoesNotContain(target.List("/tmp"), n => n.StartsWith("memtools.", StringComparison.Ordinal));

        await Provisioner.UninstallAsync(new UninstallRequest { Name = name }, target, cancellation: token);
        Assert.False((await Provisioner.PlanAsync(request, target, token)).IsDone);
    }

    [Theory]
    [InlineData("debian:bookworm")]
    [InlineData("rpm:dnf")]
    [InlineData("rpm:dnf5")]
    [InlineData("rpm:zypper")]
    [InlineData("arch:pacman")]
    public async Task Unknown_package(string image)
    {
        var target = await StartAsync(image);
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            new InstallRequest { Name = image == "debian:bookworm" ? "tcmalloc" : "heaptrack", Version = image == "debian:bookworm" ? "9.9" : null }, target,
            cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(image == "debian:bookworm" ? "PackageVersionNotFound" : "PackageNotFound", error.ErrorId);
    }

    [Theory]
    [InlineData("debian:bookworm")]
    [InlineData("rpm:dnf")]
    [InlineData("rpm:dnf5")]
    [InlineData("rpm:zypper")]
    [InlineData("arch:pacman")]
    public async Task Not_root(string image)
    {
        var target = await StartAsync(image, user: "nobody");
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            new InstallRequest { Name = "jemalloc" }, target, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("RootRequired", error.ErrorId);
        Assert.Contains("jemalloc", error.RecommendedAction!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("debian:bookworm", "echo 'Acquire::http::Proxy \"http://127.0.0.1:9\"; Acquire::Retries \"0\";' >/etc/apt/apt.conf.d/99memtools")]
    [InlineData("rpm:dnf", "sed -i 's#baseurl=file://#baseurl=http://127.0.0.1:9#' /etc/yum.repos.d/*.repo; rm -rf /var/cache/dnf/*")]
    [InlineData("rpm:dnf5", "sed -i 's#baseurl=file://#baseurl=http://127.0.0.1:9#' /etc/yum.repos.d/*.repo; rm -rf /var/cache/libdnf5/*")]
    [InlineData("rpm:zypper", "sed -i 's#file:#http://127.0.0.1:9#' /etc/zypp/repos.d/*.repo; rm -rf /var/cache/zypp/*")]
    [InlineData("arch:pacman", "sed -i 's#file://#http://127.0.0.1:9#' /etc/pacman.conf; rm -rf /var/lib/pacman/sync")]
    public Task No_network(string image, string script) => FailsAsync(image, script, "NoNetwork");

    [Theory]
    [InlineData("debian:bookworm", "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d; mkdir /r; : >/r/Packages; echo 'deb file:/r ./' >/etc/apt/sources.list;"
        + " printf 'Origin: test\nDate: Sat, 01 Nov 2025 00:00:00 UTC\nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 Packages\n' >/r/Release")]
    [InlineData("rpm:dnf", "sed -i 's/enabled=1/enabled=2/; s/enabled=0/enabled=1/; s/enabled=2/enabled=0/' /etc/yum.repos.d/memtools.repo; rm -rf /var/cache/dnf/*")]
    [InlineData("rpm:dnf5", "sed -i 's/enabled=1/enabled=2/; s/enabled=0/enabled=1/; s/enabled=2/enabled=0/' /etc/yum.repos.d/memtools.repo; rm -rf /var/cache/libdnf5/*")]
    [InlineData("rpm:zypper", "zypper --non-interactive mr -d memtools; zypper --non-interactive mr -e memtools-unsigned; rm -rf /var/cache/zypp/*")]
    [InlineData("arch:pacman", "sed -i 's/SigLevel = Never/SigLevel = Required DatabaseOptional/' /etc/pacman.conf")]
    public Task Bad_signature(string image, string script) => FailsAsync(image, script, "BadSignature");

    [Theory]
    [InlineData("debian:bookworm", "perl -e 'use Fcntl; open F, \">/var/lib/dpkg/lock-frontend\"; $l = pack(\"s s x4 q q i x4\", F_WRLCK, 0, 0, 0, 0);"
        + " fcntl(F, F_SETLK, $l) or die; open G, \">/held\"; sleep 300' >/dev/null 2>&1 & for i in 1 2 3 4 5 6 7 8 9; do [ -e /held ] || sleep 1; done; [ -e /held ]")]
    [InlineData("rpm:dnf", "mkdir -p /var/cache/dnf /var/lib/dnf; for f in /var/cache/dnf/metadata_lock.pid /var/cache/dnf/download_lock.pid /var/lib/dnf/rpmdb_lock.pid; do printf 1 >$f; done")]
    [InlineData("rpm:dnf5", "mkdir -p /var/lib/dnf; perl -e 'use Fcntl; open F, \">/var/lib/dnf/system-repo.lock\"; $l = pack(\"s s x4 q q i x4\", F_WRLCK, 0, 0, 0, 0);"
        + " fcntl(F, F_SETLK, $l) or die; open G, \">/held\"; sleep 300' >/dev/null 2>&1 & for i in 1 2 3 4 5 6 7 8 9; do [ -e /held ] || sleep 1; done; [ -e /held ]")]
    [InlineData("rpm:zypper", "cp /usr/bin/sleep /tmp/zypper; /tmp/zypper 300 >/dev/null 2>&1 & mkdir -p /run /var/run; printf $! >/run/zypp.pid; ln -sf /run/zypp.pid /var/run/zypp.pid 2>/dev/null; sleep 0.5")]
    [InlineData("arch:pacman", "touch /var/lib/pacman/db.lck")]
    public Task Lock_held(string image, string script) => FailsAsync(image, script, "PackageManagerLocked");

    private async Task FailsAsync(string image, string script, string errorId)
    {
        var target = await StartAsync(image);
        var token = TestContext.Current.CancellationToken;
        var prepared = await target.RunAsync(new CommandRequest("sh", ["-c", script]), token);
        Assert.True(prepared.ExitCode == 0, prepared.StandardOutput + prepared.StandardError);
        var error = await Assert.ThrowsAsync<MemToolsException>(
            () => Provisioner.InstallAsync(new InstallRequest { Name = "jemalloc" }, target, cancellation: token));
        Assert.True(error.ErrorId == errorId, $"{error.ErrorId}: {error.Message}");
        Assert.DoesNotContain(target.List("/tmp"), n => n.StartsWith("memtools.", StringComparison.Ordinal));
    }

    private async Task<DockerExecTarget> StartAsync(string image, string user = "root")
    {
        (await TestEngine.RequireAsync(image)).Dispose();
        container = await TestEngine.StartContainerAsync(image, [], "sleep", "600");
        return new DockerExecTarget(container, folder, user);
    }
}
