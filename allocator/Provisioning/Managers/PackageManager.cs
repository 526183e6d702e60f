using MemTools.Allocators.Catalog;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>What most package managers have in common; each overrides what differs.</summary>
internal abstract class PackageManager : IPackageManager
{
    public abstract string Name { get; }

    public abstract PackageFamily Family { get; }

    public abstract string Program { get; }

    public virtual string? Database => null;

    public abstract string PackageSuffix { get; }

    public virtual bool HasMetadata(ITarget target) => true;

    public virtual PackageCommand? Refresh(PackageArea area) => null;

    public abstract string AtVersion(string package, string version);

    public virtual string? ProviderOf(string soname, bool is64Bit) => null;

    public abstract PackageCommand Install(IReadOnlyList<string> packages, PackageArea area, bool reinstall = false);

    public abstract PackageCommand Remove(IReadOnlyList<string> packages);

    public virtual PackageCommand? TryRemove(string package) => null;

    public virtual IReadOnlyList<string> ParseDependents(string package, CommandResult result) => [];

    public abstract PackageCommand QueryInstalled(string package);

    public virtual string? ParseInstalled(CommandResult result) =>
        result.ExitCode == 0 && result.StandardOutput.Trim() is { Length: > 0 } version ? version : null;

    public virtual PackageCommand? QueryOwners(IReadOnlyList<string> paths) => null;

    public virtual IReadOnlyDictionary<string, string> ParseOwners(IReadOnlyList<string> paths, CommandResult result) =>
        new Dictionary<string, string>();

    public virtual PackageCommand? QueryCandidates(IReadOnlyList<string> packages, PackageArea area) => null;

    public virtual IReadOnlyList<PackageCandidate> ParseCandidates(IReadOnlyList<string> packages, CommandResult result) => [];

    public virtual PackageCommand? QueryMissing(string package, PackageArea area, bool ofEmptySystem = false) => null;

    public virtual IReadOnlyList<string> ParseMissing(CommandResult result) => [];

    public virtual PackageCommand? Download(IReadOnlyList<string> packages, string directory, PackageArea area) => null;

    public virtual PackageCommand? Verify(string file) => null;

    public virtual bool ParseVerified(CommandResult result) => result.ExitCode == 0;

    public abstract PackageCommand Unpack(string file, string directory, ITarget target);

    public virtual bool SaysItWaits(string line) => false;

    public virtual PackageFailure Classify(CommandResult result) => FailureText.Classify(result);

    protected static PackageCommand Root(string program, params IReadOnlyList<string> arguments) => new(program, arguments) { NeedsRoot = true };

    protected static IEnumerable<string> Lines(string text) => text.Split('\n').Select(l => l.TrimEnd('\r'));
}
