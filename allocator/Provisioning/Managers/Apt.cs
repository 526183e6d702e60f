using System.Text.RegularExpressions;
using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>apt on Debian, Ubuntu and theirs. apt checks each package's hash against the signed Release file, for a download too.</summary>
internal sealed partial class Apt : PackageManager
{
    private const string Lists = "/var/lib/apt/lists";

    public override string Name => "apt";

    public override PackageFamily Family => PackageFamily.Apt;

    public override string Program => "apt-get";

    public override string Database => "/var/lib/dpkg/status";

    public override string PackageSuffix => ".deb";

    // Images are usually shipped without lists: "Unable to locate package" would be misleading then.
    public override bool HasMetadata(ITarget target) =>
        target.List(Lists).Any(n => n.Contains("_Packages", StringComparison.Ordinal));

    public override PackageCommand Refresh(PackageArea area) => new("apt-get", [.. Options(area), "-q", "update"])
    {
        // Into a private folder anyone may fetch the lists.
        NeedsRoot = area.PrivateDirectory is null,
        Environment = NonInteractive,
    };

    public override string AtVersion(string package, string version) => $"{package}={version}";

    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        Root(
            "apt-get",
            [
                .. Options(area), "-o", "DPkg::Lock::Timeout=15", "-o", "Dpkg::Use-Pty=0", "-o", "APT::Keep-Downloaded-Packages=false", "-q", "-y",
                "--no-install-recommends", "--no-remove", .. reinstall ? ["--reinstall"] : (string[])[], "install", .. packages,
            ]) with { Environment = NonInteractive };

    public override PackageCommand Remove(IReadOnlyList<string> packages) =>
        Root("apt-get", ["-o", "DPkg::Lock::Timeout=15", "-o", "Dpkg::Use-Pty=0", "-q", "-y", "remove", .. packages]) with { Environment = NonInteractive };

    public override PackageCommand TryRemove(string package) => new("apt-get", "-s", "-q", "remove", package);

    public override IReadOnlyList<string> ParseDependents(string package, CommandResult result) =>
        [.. Removed().Matches(result.StandardOutput).Select(m => m.Groups[1].Value).Where(p => p != package).Distinct()];

    public override PackageCommand QueryInstalled(string package) =>
        new("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}\\n", package);

    public override string? ParseInstalled(CommandResult result) =>
        Lines(result.StandardOutput).Where(l => l.StartsWith("installed ", StringComparison.Ordinal)).Select(l => l[10..]).FirstOrDefault();

    // dpkg knows a file by the path it was shipped at, which may lack or have the /usr of merged systems.
    public override PackageCommand QueryOwners(IReadOnlyList<string> paths) => new("dpkg-query", ["-S", .. paths.SelectMany(BothForms)]);

    public override IReadOnlyDictionary<string, string> ParseOwners(IReadOnlyList<string> paths, CommandResult result)
    {
        var owners = new Dictionary<string, string>();
        foreach (var line in Lines(result.StandardOutput))
        {
            if (Owner().Match(line) is { Success: true } match
                && paths.FirstOrDefault(p => BothForms(p).Contains(match.Groups[2].Value)) is { } path)
            {
                owners[path] = match.Groups[1].Value;
            }
        }

        return owners;
    }

    public override PackageCommand QueryCandidates(IReadOnlyList<string> packages, PackageArea area) =>
        new("apt-cache", [.. Options(area), "policy", .. packages]);

    public override IReadOnlyList<PackageCandidate> ParseCandidates(IReadOnlyList<string> packages, CommandResult result)
    {
        var found = new Dictionary<string, (string Candidate, List<string> Versions)>();
        string? package = null, version = null;
        foreach (var line in Lines(result.StandardOutput))
        {
            if (line.Length > 1 && line[0] != ' ' && line[^1] == ':')
            {
                (package, version) = (line[..^1].Split(':')[0], null);
                found.TryAdd(package, ("", []));
            }
            else if (package is not null && line.StartsWith("  Candidate: ", StringComparison.Ordinal))
            {
                found[package] = (line[13..].Trim(), found[package].Versions);
            }
            else if (VersionLine().Match(line) is { Success: true } match)
            {
                version = match.Groups[1].Value;
            }
            else if (package is not null && version is not null && line.StartsWith("        ", StringComparison.Ordinal)
                && !line.EndsWith("/var/lib/dpkg/status", StringComparison.Ordinal))
            {
                // What only dpkg's status knows is installed but can no longer be had.
                if (!found[package].Versions.Contains(version))
                {
                    found[package].Versions.Add(version);
                }
            }
        }

        return
        [
            .. packages.Where(p => found.TryGetValue(p, out var f) && f.Versions.Count > 0)
                .Select(p => new PackageCandidate(p, found[p].Versions.Contains(found[p].Candidate) ? found[p].Candidate : found[p].Versions[0], found[p].Versions)),
        ];
    }

    public override PackageCommand QueryMissing(string package, PackageArea area, bool ofEmptySystem = false) =>
        new(
            "apt-get",
            [
                .. Options(area), .. ofEmptySystem ? ["-o", "Dir::State::status=/dev/null"] : (string[])[],
                "-s", "-q", "--no-install-recommends", "install", package,
            ]);

    public override IReadOnlyList<string> ParseMissing(CommandResult result) =>
        [.. NewPackage().Matches(result.StandardOutput).Select(m => $"{m.Groups[1].Value}={m.Groups[2].Value}").Distinct()];

    public override PackageCommand Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        new("apt-get", [.. Options(area), "-q", "download", .. packages]) { WorkingDirectory = directory, Environment = NonInteractive };

    public override PackageCommand Unpack(string file, string directory, ITarget target) => new("dpkg-deb", "-x", file, directory);

    private static Dictionary<string, string> NonInteractive => new() { ["DEBIAN_FRONTEND"] = "noninteractive" };

    private static IReadOnlyList<string> Options(PackageArea area) => area.PrivateDirectory is not { } folder
        ? []
        :
        [
            "-o", $"Dir::State::lists={folder}/lists", "-o", $"Dir::Cache={folder}/cache", "-o", "Acquire::Languages=none", "-o", "Acquire::PDiffs=false",
            "-o", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false", "-o", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
        ];

    private static string[] BothForms(string path) =>
        path.StartsWith("/usr/", StringComparison.Ordinal) ? [path, path[4..]] : [path, "/usr" + path];

    // "Inst libunwind8 (1.6.2-3 Debian:12 [amd64])"; an upgrade has its old version in brackets before the parenthesis.
    [GeneratedRegex(@"^Inst (\S+) \((\S+) ", RegexOptions.Multiline)]
    private static partial Regex NewPackage();

    [GeneratedRegex(@"^(?:Remv|Purg) ([^\s:]+)", RegexOptions.Multiline)]
    private static partial Regex Removed();

    [GeneratedRegex(@"^ (?:\*\*\*|   ) (\S+) -?\d+$")]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^([^\s:,]+)(?::\w+)?(?:, \S+)*: (/.*)$")]
    private static partial Regex Owner();
}
