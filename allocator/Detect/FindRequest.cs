using MemTools.Allocators.Provisioning.Store;

namespace MemTools.Allocators.Detect;

/// <summary>What to look for; the defaults find every allocator of the catalogue.</summary>
public sealed record FindRequest
{
    /// <summary>Catalogue names, aliases, wildcards (<c>tc*</c>) or library paths; empty for all allocators.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Also the leak engines that are packages of their own.</summary>
    public bool IncludeEngines { get; init; }

    /// <summary>Asks the package manager which package owns, or would bring, a library; costs some 100 ms.</summary>
    public bool QueryPackages { get; init; } = true;

    /// <summary>A dynamic program on the target that prints a file, for the canary; null for the target's <c>cat</c>.</summary>
    public string? CanaryProgram { get; init; }

    /// <summary>The user's store; null for the default. Looked into on this machine only.</summary>
    public UserStore? Store { get; init; }

    /// <summary>Where results are remembered; null for the default. Used on this machine only.</summary>
    public CanaryCache? Cache { get; init; }
}
