namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>dnf 4 (Fedora to 40, RHEL 8 to 10): <c>dnf</c>, the Python program.</summary>
internal class Dnf : RpmManager
{
    public override string Name => "dnf";

    public override string Program => "dnf";

    /// <summary>Folder of the lists; empty in images as they are shipped.</summary>
    protected virtual string Cache => "/var/cache/dnf";

    // They are fetched by themselves, but would then stay behind in the image: "no metadata" makes the caller use a private folder.
    public override bool HasMetadata(ITarget target) => target.List(Cache).Count > 0;

    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        Root(Program, [.. Options(area), "-y", "--setopt=install_weak_deps=False", reinstall ? "reinstall" : "install", .. packages]);

    public override PackageCommand Remove(IReadOnlyList<string> packages) =>
        Root(Program, [.. Locking, "-y", "--setopt=clean_requirements_on_remove=False", "remove", .. packages]);

    public override PackageCommand? Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        new(Program, [.. Options(area), "-y", "download", "--resolve", "--destdir", directory, .. packages]);

    // 200: the lock is held (with exit_on_lock).
    public override PackageFailure Classify(CommandResult result) =>
        result.ExitCode == 200 ? PackageFailure.LockHeld : base.Classify(result);

    /// <summary>dnf would wait for ever for another one to end.</summary>
    protected virtual IReadOnlyList<string> Locking => ["--setopt=exit_on_lock=True"];

    /// <summary>Options of every command that needs lists.</summary>
    protected virtual IReadOnlyList<string> Options(PackageArea area) =>
        area.PrivateDirectory is { } folder ? [.. Locking, $"--setopt=cachedir={folder}/cache"] : Locking;
}

/// <summary>dnf 5 (Fedora from 41): another program with nearly the same commands.</summary>
internal sealed class Dnf5 : Dnf
{
    public override string Name => "dnf5";

    public override string Program => "dnf5";

    protected override string Cache => "/var/cache/libdnf5";

    protected override IReadOnlyList<string> Locking => [];

    public override PackageCommand Remove(IReadOnlyList<string> packages) =>
        Root(Program, ["-y", "remove", "--no-autoremove", .. packages]);

    public override PackageCommand Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        new(Program, [.. Options(area), "-y", "download", "--resolve", $"--destdir={directory}", .. packages]);

    public override PackageFailure Classify(CommandResult result) => FailureText.Classify(result);

    // From 5.3 on; it has no option to end instead.
    public override bool SaysItWaits(string line) => line.StartsWith("Waiting for a lock on ", StringComparison.Ordinal);
}

/// <summary>yum 3 (RHEL and CentOS 7); on later systems yum is a name of dnf.</summary>
internal sealed class Yum : Dnf
{
    public override string Name => "yum";

    public override string Program => "yum";

    protected override string Cache => "/var/cache/yum";

    protected override IReadOnlyList<string> Locking => ["--setopt=exit_on_lock=1"];

    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        Root(Program, [.. Options(area), "-y", reinstall ? "reinstall" : "install", .. packages]);

    public override PackageCommand Remove(IReadOnlyList<string> packages) =>
        Root(Program, [.. Locking, "-y", "--setopt=clean_requirements_on_remove=0", "remove", .. packages]);

    // Of yum-utils; it needs no root.
    public override PackageCommand Download(IReadOnlyList<string> packages, string directory, PackageArea area) =>
        new("yumdownloader", ["--resolve", "--destdir", directory, .. packages]);
}

/// <summary>microdnf (RHEL's minimal images): installs and removes; it cannot resolve a download.</summary>
internal sealed class Microdnf : Dnf
{
    public override string Name => "microdnf";

    public override string Program => "microdnf";

    // dnf's folder from RHEL 9 on, yum's before.
    public override bool HasMetadata(ITarget target) => target.List("/var/cache/dnf").Count > 0 || target.List("/var/cache/yum").Count > 0;

    protected override IReadOnlyList<string> Locking => [];

    public override PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false) =>
        Root(Program, [.. Options(area), "-y", "--setopt=install_weak_deps=0", reinstall ? "reinstall" : "install", .. packages]);

    public override PackageCommand Remove(IReadOnlyList<string> packages) => Root(Program, ["-y", "remove", .. packages]);

    public override PackageCommand? Download(IReadOnlyList<string> packages, string directory, PackageArea area) => null;

    public override PackageFailure Classify(CommandResult result) => FailureText.Classify(result);

    protected override IReadOnlyList<string> Options(PackageArea area) =>
        area.PrivateDirectory is { } folder ? [$"--setopt=cachedir={folder}/cache"] : [];
}
