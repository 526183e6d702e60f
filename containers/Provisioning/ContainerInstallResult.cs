using MemTools.Allocators.Provisioning;

namespace MemTools.Containers.Provisioning;

/// <summary>What an install into a container or image did.</summary>
public sealed record ContainerInstallResult
{
    /// <summary>The library, its commands and packages.</summary>
    public required InstallResult Install { get; init; }

    /// <summary>How it came there.</summary>
    public required InstallMethod Method { get; init; }

    /// <summary>The new image; null for a container.</summary>
    public string? Image { get; init; }

    /// <summary>The new image's id; null for a container.</summary>
    public string? ImageId { get; init; }
}
