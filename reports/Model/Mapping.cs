namespace MemTools.Reports.Model;

/// <summary>One mapped range of one file in the profiled process, as profile.proto's Mapping.</summary>
public sealed class Mapping
{
    /// <summary>First address of the range.</summary>
    public ulong Start { get; init; }

    /// <summary>First address after the range.</summary>
    public ulong Limit { get; init; }

    /// <summary>Offset in the file that <see cref="Start"/> corresponds to, in bytes.</summary>
    public ulong FileOffset { get; init; }

    /// <summary>Path as recorded by the process, without a " (deleted)" suffix; empty when anonymous.</summary>
    public string Path { get; init; } = "";

    /// <summary>True when the kernel had marked the file as deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>True when the range was executable.</summary>
    public bool IsExecutable { get; init; } = true;

    /// <summary>GNU build-id, lower-case hex; null when the profile does not record one.</summary>
    public string? BuildId { get; set; }

    /// <summary>What the symbolizer found for this module; null before symbolization.</summary>
    public DebugInfoStatus? DebugInfo { get; set; }
}
