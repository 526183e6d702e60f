using System.Text.RegularExpressions;
using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>pacman on Arch and theirs. It has no older versions, and downloads only as root.</summary>
internal sealed partial class Pacman : PackageManager
{
    public override string Name => "pacman";

    public override PackageFamily Family => PackageFamily.Pacman;

    public override string Program => "pacman";

    public override string Database => "/var/lib/pacman";

    public override string PackageSuffix => ".pkg.tar.zst";

    public override bool HasMetadata(ITarget target) =>
        target.List("/var/lib/pacman/sync").Any(n => n.EndsWith(".db", StringComparison.Ordinal));

    // Lists without an upgrade are a partial upgrade when they are newer than the system: only where there are none, or the package is gone.
    public override PackageCommand Refresh(PackageArea area) => Root("pacman", "-Sy", "--noconfirm");

    public override string AtVersion(string package, string version) => $"{package}={version}";

    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        Root("pacman", ["-S", "--noconfirm", .. reinstall ? [] : (string[])["--needed"], .. Options(area), .. packages]);

    public override PackageCommand Remove(IReadOnlyList<string> packages) => Root("pacman", ["-R", "--noconfirm", .. packages]);

    public override PackageCommand QueryInstalled(string package) => new("pacman", "-Q", package);

    // "gperftools 2.10-1"
    public override string? ParseInstalled(CommandResult result) =>
        result.ExitCode == 0 && result.StandardOutput.Trim().Split(' ') is [_, var version] ? version : null;

    public override PackageCommand QueryOwners(IReadOnlyList<string> paths) => new("pacman", ["-Qoq", .. paths]);

    public override IReadOnlyDictionary<string, string> ParseOwners(IReadOnlyList<string> paths, CommandResult result)
    {
        var lines = Lines(result.StandardOutput).Where(l => l.Length > 0).ToList();
        return lines.Count == paths.Count ? paths.Zip(lines).ToDictionary(p => p.First, p => p.Second) : new Dictionary<string, string>();
    }

    public override PackageCommand QueryCandidates(IReadOnlyList<string> packages, PackageArea area) => new("pacman", ["-Sp", "--print-format", "%n %v", "-dd", .. packages]);

    public override IReadOnlyList<PackageCandidate> ParseCandidates(IReadOnlyList<string> packages, CommandResult result)
    {
        var found = Lines(result.StandardOutput).Select(l => l.Split(' ')).Where(w => w.Length == 2).DistinctBy(w => w[0]).ToDictionary(w => w[0], w => w[1]);
        return [.. packages.Where(found.ContainsKey).Select(p => new PackageCandidate(p, found[p], [found[p]]))];
    }

    public override PackageCommand Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        Root("pacman", ["-Sw", "--noconfirm", "--cachedir", directory, .. packages]);

    public override PackageCommand Unpack(string file, string directory, ITarget target) => new("bsdtar", "-xf", file, "-C", directory);

    // A package whose signature alone cannot be fetched is an unsigned one, not a broken network.
    public override PackageFailure Classify(CommandResult result)
    {
        var files = Unfetched().Matches(result.StandardError + result.StandardOutput).Select(m => m.Groups[1].Value).ToList();
        return files.Count > 0 && files.All(f => f.EndsWith(".sig", StringComparison.Ordinal)) ? PackageFailure.BadSignature : base.Classify(result);
    }

    [GeneratedRegex("failed retrieving file '([^']+)'")]
    private static partial Regex Unfetched();

    private static IReadOnlyList<string> Options(PackageArea area) =>
        area.PrivateDirectory is { } folder ? ["--cachedir", folder + "/cache"] : [];
}
