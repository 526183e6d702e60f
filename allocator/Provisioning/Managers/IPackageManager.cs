using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>Composes a package manager's commands and reads what they print. It runs nothing itself.</summary>
public interface IPackageManager
{
    /// <summary>apt, dnf5, dnf, microdnf, yum, zypper, pacman, apk.</summary>
    string Name { get; }

    /// <summary>Whose package names it uses.</summary>
    PackageFamily Family { get; }

    /// <summary>The program whose presence tells that this manager is there.</summary>
    string Program { get; }

    /// <summary>A folder or file that is there when this manager keeps the system's packages; null when the program is enough.</summary>
    string? Database { get; }

    /// <summary>True when the target has the lists of what can be installed, or the manager fetches them by itself.</summary>
    bool HasMetadata(ITarget target);

    /// <summary>Fetches the lists; null when the manager does it by itself when it needs them.</summary>
    PackageCommand? Refresh(PackageArea area);

    /// <summary>A package at a version, as arguments name it.</summary>
    string AtVersion(string package, string version);

    /// <summary>The package that provides a soname, as arguments name it; null when the manager cannot ask so.</summary>
    string? ProviderOf(string soname, bool is64Bit);

    /// <summary>Installs packages and what they need, without asking.</summary>
    PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false);

    /// <summary>Removes packages, nothing else.</summary>
    PackageCommand Remove(IReadOnlyList<string> packages);

    /// <summary>Tells, without changing anything, whether others need a package; null when <see cref="Remove"/> itself refuses then.</summary>
    PackageCommand? TryRemove(string package);

    /// <summary>The packages that <see cref="TryRemove"/> says would have to go too.</summary>
    IReadOnlyList<string> ParseDependents(string package, CommandResult result);

    /// <summary>Asks for the installed version.</summary>
    PackageCommand QueryInstalled(string package);

    /// <summary>The installed version; null when it is not installed.</summary>
    string? ParseInstalled(CommandResult result);

    /// <summary>Asks which packages own files; null when the manager cannot tell.</summary>
    PackageCommand? QueryOwners(IReadOnlyList<string> paths);

    /// <summary>File to package; what nobody owns is left out.</summary>
    IReadOnlyDictionary<string, string> ParseOwners(IReadOnlyList<string> paths, CommandResult result);

    /// <summary>Asks which of these packages can be had, in which versions; null when trying is the only way.</summary>
    PackageCommand? QueryCandidates(IReadOnlyList<string> packages, PackageArea area);

    /// <summary>Those that can be had, in the order asked.</summary>
    IReadOnlyList<PackageCandidate> ParseCandidates(IReadOnlyList<string> packages, CommandResult result);

    /// <summary>Asks what is missing for a package; null when <see cref="Download"/> resolves dependencies by itself.</summary>
    /// <param name="package">The package.</param>
    /// <param name="area">Whose lists.</param>
    /// <param name="ofEmptySystem">True to ask as if nothing were installed: for a system whose own packages are in disorder.</param>
    PackageCommand? QueryMissing(string package, PackageArea area, bool ofEmptySystem = false);

    /// <summary>The missing packages, as arguments name them, those already installed (in whatever version) left out.</summary>
    IReadOnlyList<string> ParseMissing(CommandResult result);

    /// <summary>Downloads packages (and, without <see cref="QueryMissing"/>, what they need) into a folder; null when the manager cannot.</summary>
    PackageCommand? Download(IReadOnlyList<string> packages, string directory, PackageArea area);

    /// <summary>Verifies a downloaded package's signature; null when <see cref="Download"/> has done so.</summary>
    PackageCommand? Verify(string file);

    /// <summary>True when <see cref="Verify"/> found a good signature.</summary>
    bool ParseVerified(CommandResult result);

    /// <summary>Unpacks a package without installing it.</summary>
    PackageCommand Unpack(string file, string directory, ITarget target);

    /// <summary>How files of packages end.</summary>
    string PackageSuffix { get; }

    /// <summary>True for a line that says that the manager waits for another one to end.</summary>
    bool SaysItWaits(string line);

    /// <summary>What a failed command says.</summary>
    PackageFailure Classify(CommandResult result);
}

/// <summary>Where a package manager keeps lists and downloads.</summary>
/// <param name="PrivateDirectory">A folder for this call alone, so that the system's caches stay as they are; null for the system's.</param>
public sealed record PackageArea(string? PrivateDirectory)
{
    /// <summary>The system's own.</summary>
    public static PackageArea System { get; } = new((string?)null);
}

/// <summary>A package that can be had.</summary>
/// <param name="Name">Package.</param>
/// <param name="Version">The version that an install takes.</param>
/// <param name="Versions">All that can be had, newest first.</param>
public sealed record PackageCandidate(string Name, string Version, IReadOnlyList<string> Versions);

/// <summary>Why a package manager's command failed.</summary>
public enum PackageFailure
{
    /// <summary>Something else.</summary>
    Other,

    /// <summary>No repository has the package.</summary>
    UnknownPackage,

    /// <summary>The package is known, that version is not.</summary>
    UnknownVersion,

    /// <summary>Repositories cannot be reached.</summary>
    NoNetwork,

    /// <summary>The disk is full.</summary>
    NoSpace,

    /// <summary>Another package manager is at work.</summary>
    LockHeld,

    /// <summary>It needs root.</summary>
    NotRoot,

    /// <summary>A signature or checksum is wrong or missing.</summary>
    BadSignature,
}
