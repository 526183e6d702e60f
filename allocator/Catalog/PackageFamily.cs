namespace MemTools.Allocators.Catalog;

/// <summary>Distributions that share package names.</summary>
public enum PackageFamily
{
    /// <summary>Debian, Ubuntu and theirs.</summary>
    Apt,

    /// <summary>Fedora, RHEL and theirs: dnf, dnf5, yum, microdnf.</summary>
    Rpm,

    /// <summary>SUSE and openSUSE.</summary>
    Zypper,

    /// <summary>Arch and theirs.</summary>
    Pacman,

    /// <summary>Alpine.</summary>
    Apk,
}

/// <summary>What brings a library in one family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Names">
/// Package names, the one to try first in front: newer names (Debian's t64 renames) before older ones. RPM's and apk's last
/// resort, asking for the soname itself, is not listed: it follows from the sonames.
/// </param>
/// <param name="Note">What a user of this family should know; null for nothing.</param>
public sealed record PackageNames(PackageFamily Family, IReadOnlyList<string> Names, string? Note = null);
