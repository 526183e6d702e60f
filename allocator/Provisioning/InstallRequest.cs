using MemTools.Allocators.Detect;
using MemTools.Allocators.Provisioning.Store;

namespace MemTools.Allocators.Provisioning;

/// <summary>How a library gets onto a target.</summary>
public enum InstallMethod
{
    /// <summary>As the scope and the target allow.</summary>
    Auto,

    /// <summary>The target's own package manager.</summary>
    PackageManager,

    /// <summary>Copied in from the user's store; for containers and images only.</summary>
    Copy,
}

/// <summary>What is to be installed.</summary>
public sealed record InstallRequest
{
    /// <summary>Catalogue name or alias of an allocator or a leak engine.</summary>
    public required string Name { get; init; }

    /// <summary>Null: the user's store on this machine, the system in containers and images.</summary>
    public InstallScope? Scope { get; init; }

    /// <summary>
    /// A version that the package manager has: the package's (<c>2.10-1</c>) or upstream's (<c>2.10</c>). Null for the newest.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>Installs again what is there already.</summary>
    public bool Force { get; init; }

    /// <summary>Null and Auto are the same.</summary>
    public InstallMethod Method { get; init; }

    /// <summary>The user's store; null for the default.</summary>
    public UserStore? Store { get; init; }

    /// <summary>Where canary results are remembered; null for the default.</summary>
    public CanaryCache? Cache { get; init; }
}

/// <summary>What is to be removed.</summary>
public sealed record UninstallRequest
{
    /// <summary>Catalogue name or alias.</summary>
    public required string Name { get; init; }

    /// <summary>Null: the user's store on this machine, the system in containers and images.</summary>
    public InstallScope? Scope { get; init; }

    /// <summary>One version of the store; null for all.</summary>
    public string? Version { get; init; }

    /// <summary>Removes it from the system although other packages need it; they go too.</summary>
    public bool Force { get; init; }

    /// <summary>The user's store; null for the default.</summary>
    public UserStore? Store { get; init; }
}

/// <summary>What an install or uninstall would do.</summary>
public sealed record InstallPlan
{
    /// <summary>Catalogue name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it goes.</summary>
    public required InstallScope Scope { get; init; }

    /// <summary>Target's name.</summary>
    public required string Target { get; init; }

    /// <summary>Package manager; null when none is needed.</summary>
    public string? Manager { get; init; }

    /// <summary>Packages, with versions as far as they are known without the network.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>
    /// The exact commands, in order, as one would type them. The name of a temporary folder in them differs from call to call.
    /// </summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>The folder of the store that comes or goes; null for the system.</summary>
    public string? Folder { get; init; }

    /// <summary>True when nothing needs doing.</summary>
    public bool IsDone { get; init; }
}

/// <summary>What an install did.</summary>
public sealed record InstallResult
{
    /// <summary>The library, proved by the canary.</summary>
    public required Allocator Allocator { get; init; }

    /// <summary>True when it was there already and nothing was changed.</summary>
    public bool AlreadyInstalled { get; init; }

    /// <summary>The commands that ran and changed something, as one would type them.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Packages that came with it.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];
}
