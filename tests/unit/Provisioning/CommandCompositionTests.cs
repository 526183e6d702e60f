using MemTools.Allocators.Provisioning.Managers;

namespace MemTools.Tests.Provisioning;

/// <summary>The exact commands of each package manager, as their manuals have them.</summary>
public sealed class CommandCompositionTests
{
    private static readonly PackageArea Private = new("/tmp/area");

    [Theory]
    [InlineData("apt", "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=15 -o Dpkg::Use-Pty=0 -o APT::Keep-Downloaded-Packages=false -q -y --no-install-recommends --no-remove install libjemalloc2")]
    [InlineData("dnf", "dnf --setopt=exit_on_lock=True -y --setopt=install_weak_deps=False install libjemalloc2")]
    [InlineData("dnf5", "dnf5 -y --setopt=install_weak_deps=False install libjemalloc2")]
    [InlineData("yum", "yum --setopt=exit_on_lock=1 -y install libjemalloc2")]
    [InlineData("microdnf", "microdnf -y --setopt=install_weak_deps=0 install libjemalloc2")]
    [InlineData("zypper", "zypper --non-interactive install --no-recommends --auto-agree-with-licenses libjemalloc2")]
    [InlineData("pacman", "pacman -S --noconfirm --needed libjemalloc2")]
    [InlineData("apk", "apk add --no-cache libjemalloc2")]
    public void Install(string manager, string command) => Same(command, Of(manager).Install(["libjemalloc2"], PackageArea.System), root: true);

    [Theory]
    [InlineData("apt", "--reinstall install p")]
    [InlineData("dnf", "reinstall p")]
    [InlineData("dnf5", "reinstall p")]
    [InlineData("yum", "reinstall p")]
    [InlineData("microdnf", "reinstall p")]
    [InlineData("zypper", "install --no-recommends --auto-agree-with-licenses --force p")]
    [InlineData("pacman", "pacman -S --noconfirm p")]
    [InlineData("apk", "apk fix --no-cache --reinstall p")]
    public void Install_again(string manager, string end) =>
        Assert.EndsWith(end, Of(manager).Install(["p"], PackageArea.System, reinstall: true).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("apt", "DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=15 -o Dpkg::Use-Pty=0 -q -y remove p")]
    [InlineData("dnf", "dnf --setopt=exit_on_lock=True -y --setopt=clean_requirements_on_remove=False remove p")]
    [InlineData("dnf5", "dnf5 -y remove --no-autoremove p")]
    [InlineData("yum", "yum --setopt=exit_on_lock=1 -y --setopt=clean_requirements_on_remove=0 remove p")]
    [InlineData("microdnf", "microdnf -y remove p")]
    [InlineData("zypper", "zypper --non-interactive remove --no-clean-deps p")]
    [InlineData("pacman", "pacman -R --noconfirm p")]
    [InlineData("apk", "apk del --no-cache p")]
    public void Remove(string manager, string command) => Same(command, Of(manager).Remove(["p"]), root: true);

    [Theory]
    [InlineData("apt", "cd /d && DEBIAN_FRONTEND=noninteractive apt-get -q download p q")]
    [InlineData("dnf", "dnf --setopt=exit_on_lock=True -y download --resolve --destdir /d p q")]
    [InlineData("dnf5", "dnf5 -y download --resolve --destdir=/d p q")]
    [InlineData("yum", "yumdownloader --resolve --destdir /d p q")]
    [InlineData("zypper", "zypper --non-interactive --pkg-cache-dir /d download p q")]
    [InlineData("apk", "apk fetch --no-cache --recursive --output /d p q")]
    public void Download_without_root(string manager, string command) => Same(command, Of(manager).Download(["p", "q"], "/d", PackageArea.System)!, root: false);

    [Fact]
    public void Pacman_downloads_only_as_root_and_microdnf_not_at_all()
    {
        Same("pacman -Sw --noconfirm --cachedir /d p", Of("pacman").Download(["p"], "/d", PackageArea.System)!, root: true);
        Assert.Null(Of("microdnf").Download(["p"], "/d", PackageArea.System));
    }

    [Theory]
    [InlineData("apt", "p=1")]
    [InlineData("dnf", "p-1")]
    [InlineData("dnf5", "p-1")]
    [InlineData("yum", "p-1")]
    [InlineData("microdnf", "p-1")]
    [InlineData("zypper", "p=1")]
    [InlineData("pacman", "p=1")]
    [InlineData("apk", "p=1")]
    public void A_version(string manager, string argument) => Assert.Equal(argument, Of(manager).AtVersion("p", "1"));

    [Theory]
    [InlineData("dnf", "libtcmalloc.so.4()(64bit)", "libtcmalloc.so.4")]
    [InlineData("zypper", "libtcmalloc.so.4()(64bit)", "libtcmalloc.so.4")]
    [InlineData("apk", "so:libtcmalloc.so.4", "so:libtcmalloc.so.4")]
    [InlineData("apt", null, null)]
    [InlineData("pacman", null, null)]
    public void Asking_for_a_soname(string manager, string? on64Bit, string? on32Bit)
    {
        Assert.Equal(on64Bit, Of(manager).ProviderOf("libtcmalloc.so.4", true));
        Assert.Equal(on32Bit, Of(manager).ProviderOf("libtcmalloc.so.4", false));
    }

    [Fact]
    public void Zypper_takes_a_soname_as_a_capability() => Assert.Equal(
        "zypper --non-interactive install --no-recommends --auto-agree-with-licenses --capability 'libtcmalloc.so.4()(64bit)'",
        Of("zypper").Install(["libtcmalloc.so.4()(64bit)"], PackageArea.System).ToString());

    [Fact]
    public void A_private_area_leaves_the_systems_caches_alone()
    {
        var refresh = Of("apt").Refresh(Private)!;
        Assert.False(refresh.NeedsRoot);
        Assert.Contains("-o Dir::State::lists=/tmp/area/lists -o Dir::Cache=/tmp/area/cache", refresh.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("-q update", refresh.ToString(), StringComparison.Ordinal);
        Assert.True(Of("apt").Refresh(PackageArea.System)!.NeedsRoot);
        foreach (var (manager, option) in new[]
        {
            ("dnf", "--setopt=cachedir=/tmp/area/cache"), ("dnf5", "--setopt=cachedir=/tmp/area/cache"), ("yum", "--setopt=cachedir=/tmp/area/cache"),
            ("microdnf", "--setopt=cachedir=/tmp/area/cache"), ("zypper", "--cache-dir /tmp/area/cache"), ("pacman", "--cachedir /tmp/area/cache"),
            ("apt", "Dir::State::lists=/tmp/area/lists"), ("apk", "--no-cache"),
        })
        {
            Assert.Contains(option, Of(manager).Install(["p"], Private).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sudo_never_asks_for_a_password_and_keeps_the_variables()
    {
        Assert.Equal("sudo -n dnf5 -y remove --no-autoremove p", Of("dnf5").Remove(["p"]).WithSudo().ToString());
        var apt = Of("apt").Remove(["p"]).WithSudo();
        Assert.Equal(["-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], apt.Arguments.Take(4));
        Assert.Equal("C", apt.ToRequest().Environment!["LC_ALL"]);
    }

    [Fact]
    public void Words_are_quoted_for_a_shell() =>
        Assert.Equal("cd '/a b' && echo '' 'it'\\''s' '$x'", new PackageCommand("echo", "", "it's", "$x") { WorkingDirectory = "/a b" }.ToString());

    private static IPackageManager Of(string name) => PackageManagers.All.Single(m => m.Name == name);

    private static void Same(string expected, PackageCommand command, bool root)
    {
        Assert.Equal(expected, command.ToString());
        Assert.Equal(root, command.NeedsRoot);
    }
}
