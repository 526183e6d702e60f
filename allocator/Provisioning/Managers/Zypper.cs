using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>zypper on SUSE and openSUSE.</summary>
internal sealed class Zypper : RpmManager
{
    public override string Name => "zypper";

    public override PackageFamily Family => PackageFamily.Zypper;

    public override string Program => "zypper";

    public override bool HasMetadata(ITarget target) => target.List("/var/cache/zypp/solv").Any(n => n != "@System");

    public override string AtVersion(string package, string version) => $"{package}={version}";

    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        Root(
            "zypper",
            [
                .. Options(area), "install", "--no-recommends", "--auto-agree-with-licenses", .. reinstall ? ["--force"] : (string[])[],
                .. Capabilities(packages), .. packages,
            ]);

    public override PackageCommand Remove(IReadOnlyList<string> packages) => Root("zypper", ["--non-interactive", "remove", "--no-clean-deps", .. packages]);

    public override PackageCommand Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        new("zypper", [.. Options(area), "--pkg-cache-dir", directory, "download", .. packages]);

    // The numbers of zypper(8), "exit codes"; 8 (an error while committing) and 4 say nothing, their messages do. Repositories that cannot be
    // read are skipped, and then the package is unknown (104).
    public override PackageFailure Classify(CommandResult result) => result.ExitCode switch
    {
        5 => PackageFailure.NotRoot,
        7 => PackageFailure.LockHeld,
        104 => base.Classify(result) is var told && told is PackageFailure.NoNetwork or PackageFailure.BadSignature ? told : PackageFailure.UnknownPackage,
        _ => base.Classify(result),
    };

    private static IReadOnlyList<string> Options(PackageArea area) =>
        area.PrivateDirectory is { } folder ? ["--non-interactive", "--cache-dir", folder + "/cache"] : ["--non-interactive"];

    private static string[] Capabilities(IReadOnlyList<string> packages) => packages.Any(p => p.Contains('(')) ? ["--capability"] : [];
}
