using System.Text.RegularExpressions;
using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>apk on Alpine. Its commands are composed as its manual says; they have not been run by MemTools' tests.</summary>
internal sealed partial class Apk : PackageManager
{
    public override string Name => "apk";

    public override PackageFamily Family => PackageFamily.Apk;

    public override string Program => "apk";

    public override string PackageSuffix => ".apk";

    public override string AtVersion(string package, string version) => $"{package}={version}";

    public override string ProviderOf(string soname, bool is64Bit) => "so:" + soname;

    // --no-cache fetches the lists for this command alone.
    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        reinstall ? Root("apk", ["fix", "--no-cache", "--reinstall", .. packages]) : Root("apk", ["add", "--no-cache", .. packages]);

    public override PackageCommand Remove(IReadOnlyList<string> packages) => Root("apk", ["del", "--no-cache", .. packages]);

    public override PackageCommand QueryInstalled(string package) => new("apk", "list", "--installed", package);

    // "gperftools-2.16-r1 x86_64 {gperftools} (BSD-3-Clause) [installed]"
    public override string? ParseInstalled(CommandResult result) =>
        InstalledLine().Match(result.StandardOutput) is { Success: true } match ? match.Groups[1].Value : null;

    public override PackageCommand Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        new("apk", ["fetch", "--no-cache", "--recursive", "--output", directory, .. packages]);

    public override PackageCommand Verify(string file) => new("apk", "verify", file);

    // An .apk is a gzip'ed tar with a signature and a header in front.
    public override PackageCommand Unpack(string file, string directory, ITarget target) => new("tar", "-xzf", file, "-C", directory);

    [GeneratedRegex(@"^\S+?-(\d\S*-r\d+) .*\[installed\]", RegexOptions.Multiline)]
    private static partial Regex InstalledLine();
}
