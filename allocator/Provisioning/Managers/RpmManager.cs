using System.Text.RegularExpressions;
using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>What the managers of RPM packages share: rpm answers questions, unpacks and verifies.</summary>
internal abstract partial class RpmManager : PackageManager
{
    public override PackageFamily Family => PackageFamily.Rpm;

    public override string PackageSuffix => ".rpm";

    // RPM provides every soname as a capability, so that a library can be asked for whatever its package is called.
    public override string ProviderOf(string soname, bool is64Bit) => is64Bit ? soname + "()(64bit)" : soname;

    public override string AtVersion(string package, string version) => $"{package}-{version}";

    public override PackageCommand QueryInstalled(string package) => new("rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}\\n", package);

    public override string? ParseInstalled(CommandResult result) =>
        result.ExitCode == 0 ? Lines(result.StandardOutput).FirstOrDefault(l => l.Length > 0) : null;

    public override PackageCommand QueryOwners(IReadOnlyList<string> paths) => new("rpm", ["-qf", "--qf", "%{NAME}\\n", .. paths]);

    // One line per path, in order; those that nobody owns have a sentence instead.
    public override IReadOnlyDictionary<string, string> ParseOwners(IReadOnlyList<string> paths, CommandResult result)
    {
        var lines = Lines(result.StandardOutput).Where(l => l.Length > 0).ToList();
        return lines.Count != paths.Count
            ? new Dictionary<string, string>()
            : paths.Zip(lines).Where(p => !p.Second.Contains(' ')).ToDictionary(p => p.First, p => p.Second);
    }

    public override PackageCommand TryRemove(string package) => new("rpm", "-e", "--test", package);

    // "	libfoo.so.1()(64bit) is needed by (installed) bar-1.2-3.x86_64"
    public override IReadOnlyList<string> ParseDependents(string package, CommandResult result) =>
        [.. NeededBy().Matches(result.StandardError + result.StandardOutput).Select(m => m.Groups[1].Value).Distinct()];

    // A download is not checked by every version of dnf: rpm does, with the keys that are imported.
    public override PackageCommand Verify(string file) => new("rpmkeys", "--checksig", file);

    // "x.rpm: digests signatures OK" (4.14 and later), "x.rpm: rsa sha1 (md5) pgp md5 OK" (4.11); an unsigned one is only "digests OK".
    public override bool ParseVerified(CommandResult result) =>
        result.ExitCode == 0 && SignedOk().IsMatch(result.StandardOutput);

    // bsdtar reads RPM by itself; the older pair needs a pipe, and so a shell, which sees the paths as arguments only.
    public override PackageCommand Unpack(string file, string directory, ITarget target) =>
        target.FindProgram("bsdtar") is not null
            ? new("bsdtar", "-xf", file, "-C", directory)
            : new("sh", "-c", "cd \"$2\" && rpm2cpio \"$1\" | cpio -idm --quiet --no-absolute-filenames", "sh", file, directory);

    [GeneratedRegex(@"is needed by (?:\(installed\) )?(\S+)")]
    private static partial Regex NeededBy();

    [GeneratedRegex(@"(signatures|pgp|gpg|rsa|dsa).* OK\s*$", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex SignedOk();
}
