using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports.Errors;

namespace MemTools.Tests.Provisioning;

/// <summary>Reading package managers' answers. The texts are theirs.</summary>
public sealed class AnswerTests
{
    private const string Policy = """
        libgoogle-perftools4t64:
          Installed: (none)
          Candidate: 2.18.1-2
          Version table:
             2.18.1-2 500
                500 http://mirror.invalid/debian sid/main amd64 Packages
             2.16-1 500
                500 http://mirror.invalid/debian trixie/main amd64 Packages
        libgoogle-perftools4:
          Installed: 2.10-1
          Candidate: 2.10-1
          Version table:
         *** 2.10-1 100
                100 /var/lib/dpkg/status
        libjemalloc2:
          Installed: 5.3.0-1
          Candidate: 5.3.0-1
          Version table:
         *** 5.3.0-1 500
                500 http://mirror.invalid/debian bookworm/main amd64 Packages
                100 /var/lib/dpkg/status
        libmimalloc3:
          Installed: (none)
          Candidate: (none)
          Version table:

        """;

    [Fact]
    public void Apt_candidates_are_those_that_can_still_be_had()
    {
        var found = Of("apt").ParseCandidates(["libmimalloc3", "libgoogle-perftools4t64", "libgoogle-perftools4", "libjemalloc2", "nosuch"], Said(Policy));
        Assert.Equal(["libgoogle-perftools4t64 2.18.1-2", "libjemalloc2 5.3.0-1"], found.Select(c => $"{c.Name} {c.Version}"));
        Assert.Equal(["2.18.1-2", "2.16-1"], found[0].Versions);
    }

    [Fact]
    public void A_version_may_be_the_packages_or_upstreams()
    {
        var candidates = Of("apt").ParseCandidates(["libgoogle-perftools4t64"], Said(Policy));
        var entry = AllocatorCatalog.Get("tcmalloc");
        Assert.Equal(new PackageChoice("libgoogle-perftools4t64", "2.18.1-2"), PackageChoice.Of(candidates, null, entry));
        Assert.Equal("2.16-1", PackageChoice.Of(candidates, "2.16", entry)!.Version);
        Assert.Equal("2.16-1", PackageChoice.Of(candidates, "2.16-1", entry)!.Version);
        var error = Assert.Throws<MemToolsException>(() => PackageChoice.Of(candidates, "2.18", entry));
        Assert.Equal("PackageVersionNotFound", error.ErrorId);
        Assert.Contains("2.18.1-2, 2.16-1", error.RecommendedAction!, StringComparison.Ordinal);
        Assert.True(PackageChoice.IsVersion("1:2.3+ds-2", "2.3"));
        Assert.False(PackageChoice.IsVersion("2.10.1-1", "2.10"));
        Assert.False(PackageChoice.IsVersion("2.100-1", "2.10"));
    }

    [Fact]
    public void Apt_misses_what_is_new_and_leaves_upgrades_alone()
    {
        var missing = Of("apt").ParseMissing(Said("""
            The following NEW packages will be installed:
              libgoogle-perftools4 libunwind8
            Inst libunwind8 (1.6.2-3 Debian:12.15/oldstable [amd64])
            Inst libc6 [2.36-9+deb12u10] (2.36-9+deb12u14 Debian:12.15/oldstable [amd64]) []
            Inst libgoogle-perftools4 (2.10-1 Debian:12.15/oldstable [amd64])
            Conf libunwind8 (1.6.2-3 Debian:12.15/oldstable [amd64])
            """));
        Assert.Equal(["libunwind8=1.6.2-3", "libgoogle-perftools4=2.10-1"], missing);
    }

    [Fact]
    public void Apt_tells_who_would_go_too() => Assert.Equal(
        ["redis-server", "redis-tools"],
        Of("apt").ParseDependents("libjemalloc2", Said("Remv redis-server [5:7.0.15-1]\nRemv redis-tools [5:7.0.15-1]\nRemv libjemalloc2 [5.3.0-1]\n")));

    [Fact]
    public void Rpm_tells_who_still_needs_it() => Assert.Equal(
        ["ceph-base-17.2-1.el9.x86_64"],
        Of("dnf").ParseDependents("gperftools-libs", new CommandResult(
            1, "", "error: Failed dependencies:\n\tlibtcmalloc.so.4()(64bit) is needed by (installed) ceph-base-17.2-1.el9.x86_64\n")));

    [Theory]
    [InlineData("apt", 0, "installed 2.10-1\n", "2.10-1")]
    [InlineData("apt", 0, "config-files 2.10-1\n", null)]
    [InlineData("apt", 1, "", null)]
    [InlineData("dnf", 0, "2.10-1.el9\n", "2.10-1.el9")]
    [InlineData("dnf", 1, "package gperftools-libs is not installed\n", null)]
    [InlineData("zypper", 0, "2.10-1.mt\n", "2.10-1.mt")]
    [InlineData("pacman", 0, "gperftools 2.10-1\n", "2.10-1")]
    [InlineData("pacman", 1, "", null)]
    [InlineData("apk", 0, "gperftools-2.16-r1 x86_64 {gperftools} (BSD-3-Clause) [installed]\n", "2.16-r1")]
    [InlineData("apk", 0, "", null)]
    public void Installed_version(string manager, int exitCode, string text, string? version) =>
        Assert.Equal(version, Of(manager).ParseInstalled(new CommandResult(exitCode, text, "")));

    [Fact]
    public void Owners()
    {
        string[] paths = ["/lib/x86_64-linux-gnu/libtcmalloc.so.4", "/usr/lib/x86_64-linux-gnu/libfoo.so"];
        var apt = Of("apt").ParseOwners(paths, new CommandResult(
            1, "libgoogle-perftools4:amd64: /usr/lib/x86_64-linux-gnu/libtcmalloc.so.4\n", "dpkg-query: no path found matching pattern /usr/lib/x86_64-linux-gnu/libfoo.so\n"));
        Assert.Equal(new Dictionary<string, string> { [paths[0]] = "libgoogle-perftools4" }, apt);
        var rpm = Of("dnf").ParseOwners(paths, new CommandResult(1, "gperftools-libs\nfile /usr/lib/x86_64-linux-gnu/libfoo.so is not owned by any package\n", ""));
        Assert.Equal(new Dictionary<string, string> { [paths[0]] = "gperftools-libs" }, rpm);
    }

    [Theory]
    [InlineData("/x/a.rpm: digests signatures OK\n", 0, true)]
    [InlineData("/x/a.rpm: rsa sha1 (md5) pgp md5 OK\n", 0, true)]
    [InlineData("/x/a.rpm: digests OK\n", 0, false)]
    [InlineData("/x/a.rpm: DIGESTS SIGNATURES NOT OK\n", 1, false)]
    [InlineData("/x/a.rpm: digests SIGNATURES NOT OK\n", 1, false)]
    public void Rpm_signatures(string text, int exitCode, bool good) => Assert.Equal(good, Of("dnf").ParseVerified(new CommandResult(exitCode, text, "")));

    [Fact]
    public void Pacman_candidates() => Assert.Equal(
        [("gperftools", "2.10-1")],
        Of("pacman").ParseCandidates(["gperftools"], Said("gperftools 2.10-1\n")).Select(c => (c.Name, c.Version)));

    private static IPackageManager Of(string name) => PackageManagers.All.Single(m => m.Name == name);

    private static CommandResult Said(string text) => new(0, text, "");
}
