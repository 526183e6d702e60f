using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Containers;
using MemTools.Containers.Provisioning;
using MemTools.Containers.Targets;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.Containers;

/// <summary>Package manager × what can happen, in real containers with real package managers.</summary>
public sealed class ProvisioningTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Image, manager, allocator, and a command that tells (by its exit code) that the package is there.</summary>
    public static TheoryData<string, string, string> Managers => new()
    {
        { "debian:bookworm", "apt", "tcmalloc" },
        { "debian:trixie", "apt", "tcmalloc" },
        { "rpm:dnf", "dnf", "tcmalloc" },
        { "rpm:dnf5", "dnf5", "tcmalloc" },
        { "rpm:zypper", "zypper", "tcmalloc" },
        { "arch:pacman", "pacman", "tcmalloc" },
    };

    private static async Task<string> StartAsync(string image, params string[] options)
    {
        (await TestEngine.RequireAsync(image)).Dispose();
        return await TestEngine.StartContainerAsync(image, options, "sleep", "900");
    }

    private static async Task<ContainerInstallResult> InstallAsync(string container, InstallRequest request, ContainerOptions? options = null)
    {
        await using ContainerSession session = await ContainerSession.OpenContainerAsync(container, options, cancellation: Token);
        return await ContainerProvisioner.InstallAsync(request, session, cancellation: Token);
    }

    private static async Task<MemToolsException> FailsAsync(string container, string name, ContainerOptions? options = null) =>
        await Assert.ThrowsAsync<MemToolsException>(() => InstallAsync(container, new InstallRequest { Name = name, Method = InstallMethod.PackageManager }, options));

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task Installs_proves_and_does_nothing_twice(string image, string manager, string name)
    {
        string id = await StartAsync(image);
        await using (ContainerSession session = await ContainerSession.OpenContainerAsync(id, cancellation: Token))
        {
            InstallPlan plan = await ContainerProvisioner.PlanAsync(new InstallRequest { Name = name }, session, Token);
            Assert.Equal((manager, false), (plan.Manager, plan.IsDone));
            Assert.NotEmpty(plan.Commands);
        }

        string before = await CachesAsync(id);
        ContainerInstallResult result = await InstallAsync(id, new InstallRequest { Name = name });
        Assert.Equal(InstallMethod.PackageManager, result.Method);
        Assert.False(result.Install.AlreadyInstalled);
        Assert.Equal(Capability.Supported, result.Install.Allocator.HeapCheck);
        Assert.Equal("0", await TestEngine.DockerAsync("exec", "-e", "LD_PRELOAD=" + result.Install.Allocator.Path, id, "sh", "-c", "grep -q libtcmalloc /proc/self/maps; echo $?"));
        Assert.Equal(before, await CachesAsync(id));

        ContainerInstallResult again = await InstallAsync(id, new InstallRequest { Name = name });
        Assert.True(again.Install.AlreadyInstalled);
        Assert.Equal(result.Install.Allocator.Path, again.Install.Allocator.Path);

        // And what it is for.
        ContainerRuns.AssertPlanted(await ContainerRuns.InContainerAsync(id, ContainerRuns.Check("/app/leaky")));
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task An_unknown_package_is_told(string image, string manager, string name)
    {
        Assert.NotEmpty(manager + name);
        string id = await StartAsync(image);
        // tbbmalloc is in the catalogue, but not in these repositories; Debian has it, so that its lists are cut.
        if (manager == "apt")
            await TestEngine.DockerAsync("exec", id, "sh", "-c", "rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*; mkdir -p /repo; : >/repo/Packages; echo 'deb [trusted=yes] file:/repo ./' >/etc/apt/sources.list");
        Assert.Equal("PackageNotFound", (await FailsAsync(id, "tbbmalloc")).ErrorId);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task No_network_is_told(string image, string manager, string name)
    {
        string id = await StartAsync(image, "--network", "none");
        if (manager != "apt")
            await TestEngine.DockerAsync("exec", id, "sh", "-c", "sed -i 's#file:/*srv/#http://repository.invalid/#' $(grep -rlE 'file:/*srv' /etc/yum.repos.d /etc/zypp/repos.d /etc/pacman.conf 2>/dev/null); rm -rf /var/cache/dnf /var/cache/libdnf5 /var/cache/zypp /var/lib/pacman/sync/*");
        Assert.Equal("NoNetwork", (await FailsAsync(id, name)).ErrorId);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [MemberData(nameof(Managers))]
    public async Task Another_user_than_root_is_told(string image, string manager, string name)
    {
        Assert.NotEmpty(manager);
        string id = await StartAsync(image, "--user", "1234");
        Assert.Equal("RootRequired", (await FailsAsync(id, name)).ErrorId);
        // -User is what a docker user expects to help.
        Assert.NotNull((await InstallAsync(id, new InstallRequest { Name = name }, new ContainerOptions { User = "0" })).Install.Allocator.Path);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [InlineData("debian:bookworm", "apt")]
    [InlineData("debian:trixie", "apt")]
    [InlineData("rpm:dnf", "dnf")]
    [InlineData("rpm:dnf5", "dnf5")]
    [InlineData("rpm:zypper", "zypper")]
    [InlineData("arch:pacman", "pacman")]
    public async Task A_bad_signature_is_told(string image, string manager)
    {
        string id = await StartAsync(image);
        string spoil = manager switch
        {
            // A repository whose signature nobody knows.
            "apt" => "archive=$(grep -rhoE 'https?://[^ ]+' /etc/apt/sources.list* | grep -v security | head -n 1); rm -rf /etc/apt/sources.list.d/* /etc/apt/trusted.gpg.d/*; echo deb '[signed-by=/dev/null]' $archive $(. /etc/os-release; echo $VERSION_CODENAME) main >/etc/apt/sources.list",
            "dnf" or "dnf5" => "sed -i 's#/srv/memtools-repo#/srv/memtools-unsigned#' /etc/yum.repos.d/memtools.repo; rm -rf /var/cache/dnf /var/cache/libdnf5",
            "zypper" => "zypper --non-interactive rr memtools memtools-unsigned >/dev/null; zypper --non-interactive ar -g -c file:///srv/memtools-unsigned memtools >/dev/null; rpm -e --allmatches gpg-pubkey; rm -rf /var/cache/zypp",
            _ => "sed -i 's/^SigLevel.*/SigLevel = Required DatabaseOptional/' /etc/pacman.conf; mkdir -p /etc/pacman.d/gnupg",
        };
        await TestEngine.DockerAsync("exec", id, "sh", "-c", spoil);
        Assert.Equal("BadSignature", (await FailsAsync(id, "tcmalloc")).ErrorId);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Theory]
    [InlineData("debian:bookworm", "apt")]
    [InlineData("debian:trixie", "apt")]
    [InlineData("rpm:dnf", "dnf")]
    [InlineData("rpm:dnf5", "dnf5")]
    [InlineData("rpm:zypper", "zypper")]
    [InlineData("arch:pacman", "pacman")]
    public async Task A_held_lock_is_told(string image, string manager)
    {
        string id = await StartAsync(image);
        string hold = manager switch
        {
            // fcntl locks for dpkg and dnf 5; a lock file with a living process for dnf 4, zypper and pacman.
            "apt" => Locked("/var/lib/dpkg/lock-frontend"),
            "dnf5" => Locked("/var/lib/dnf/system-repo.lock"),
            "dnf" => "mkdir -p /var/lib/dnf /var/cache/dnf /run; for f in /var/cache/dnf/metadata_lock.pid /var/cache/dnf/download_lock.pid /var/lib/dnf/rpmdb_lock.pid /run/dnf.pid; do echo $$ >$f; done; exec sleep 600",
            "zypper" => "mkdir -p /run; ln -sf /bin/sleep /tmp/zypper; echo $$ >/run/zypp.pid; mkdir -p /var/run; echo $$ >/var/run/zypp.pid; exec /tmp/zypper 600",
            _ => ": >/var/lib/pacman/db.lck; exec sleep 600",
        };
        await TestEngine.DockerAsync("exec", "-d", id, "sh", "-c", hold);
        await Task.Delay(1000, Token);
        Task<MemToolsException> attempt = FailsAsync(id, "tcmalloc");
        Assert.Equal("PackageManagerLocked", (await attempt).ErrorId);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    [Fact]
    public async Task Yum_is_found_when_it_is_the_only_one()
    {
        string id = await StartAsync("rpm:dnf");
        await TestEngine.DockerAsync("exec", id, "sh", "-c", "rm /usr/bin/dnf");
        await using (ContainerSession session = await ContainerSession.OpenContainerAsync(id, cancellation: Token))
            Assert.Equal("yum", (await ContainerProvisioner.PlanAsync(new InstallRequest { Name = "jemalloc" }, session, Token)).Manager);
        Assert.NotNull((await InstallAsync(id, new InstallRequest { Name = "jemalloc" })).Install.Allocator.Path);
        await TestEngine.DockerAsync("rm", "-f", id);
    }

    private static string Locked(string file) =>
        $"mkdir -p {Path.GetDirectoryName(file)}; exec perl -e 'use Fcntl; open(F, \">\", \"{file}\"); my $l = pack(\"s s l! l! i\", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $l) or die; sleep 600'";

    private static Task<string> CachesAsync(string id) => TestEngine.DockerAsync(
        "exec", id, "sh", "-c", "find /var/lib/apt/lists /var/cache/apt/archives /tmp /var/cache/dnf /var/cache/libdnf5 /var/cache/zypp/packages /var/cache/pacman/pkg -type f ! -name lock ! -name '*.pid' 2>/dev/null | sort");
}
