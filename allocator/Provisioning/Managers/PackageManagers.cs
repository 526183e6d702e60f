using MemTools.Allocators.Catalog;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>The package managers that MemTools can use.</summary>
public static class PackageManagers
{
    /// <summary>All of them; of several on one system the earlier is tried first.</summary>
    public static IReadOnlyList<IPackageManager> All { get; } =
        [new Apt(), new Dnf5(), new Dnf(), new Microdnf(), new Zypper(), new Yum(), new Pacman(), new Apk()];

    /// <summary>The target's package manager: by what is there; os-release only decides between several.</summary>
    /// <returns>Null when there is none, as in distroless images.</returns>
    public static IPackageManager? Find(ITarget target, CancellationToken cancellation)
    {
        var present = All.Where(m => target.FindProgram(m.Program) is not null).ToList();
        if (present.Count <= 1)
        {
            return present.FirstOrDefault();
        }

        // Debian packages dnf, zypper and pacman too: who keeps the system's packages has a database.
        var kept = present.Where(m => m.Database is null || target.Exists(m.Database) || target.List(m.Database).Count > 0).ToList();
        var family = FamilyOf(target, cancellation);
        return kept.FirstOrDefault(m => m.Family == family) ?? kept.FirstOrDefault() ?? present[0];
    }

    /// <summary>As <see cref="Find"/>.</summary>
    /// <exception cref="MemToolsException"><c>PackageManagerNotFound</c>.</exception>
    public static IPackageManager Get(ITarget target, CancellationToken cancellation) =>
        Find(target, cancellation) ?? throw new MemToolsException(
            "PackageManagerNotFound", MemToolsErrorCategory.ObjectNotFound,
            $"There is no package manager on {target.Name} (looked for {string.Join(", ", All.Select(m => m.Program))}).", target.Name,
            target is LocalTarget
                ? "Build or copy the library yourself and name it by its path: -Allocator /path/lib.so / --allocator /path/lib.so."
                : "Use -Method Copy / --method copy, which copies the library in without a package manager.");

    // ID and ID_LIKE of os-release(5).
    private static PackageFamily? FamilyOf(ITarget target, CancellationToken cancellation)
    {
        var file = target.Fetch("/etc/os-release", cancellation) ?? target.Fetch("/usr/lib/os-release", cancellation);
        if (file is null)
        {
            return null;
        }

        var ids = File.ReadLines(file)
            .Where(l => l.StartsWith("ID=", StringComparison.Ordinal) || l.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            .SelectMany(l => l[(l.IndexOf('=') + 1)..].Trim('"', '\'').Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToHashSet();
        return ids.Overlaps(["debian", "ubuntu"]) ? PackageFamily.Apt
            : ids.Overlaps(["suse", "opensuse", "sles", "opensuse-leap", "opensuse-tumbleweed"]) ? PackageFamily.Zypper
            : ids.Overlaps(["fedora", "rhel", "centos", "rocky", "almalinux", "ol", "amzn"]) ? PackageFamily.Rpm
            : ids.Contains("arch") ? PackageFamily.Pacman
            : ids.Contains("alpine") ? PackageFamily.Apk
            : null;
    }
}
