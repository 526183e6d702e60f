using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Preflight;

namespace MemTools.Allocators.Launch;

/// <summary>A checked request: what will be started, under what, by which engine.</summary>
public sealed record LaunchPlan
{
    public required LaunchRequest Request { get; init; }

    public required ITarget Target { get; init; }

    /// <summary>Path to execute, on the target.</summary>
    public required string FilePath { get; init; }

    /// <summary>argv[0].</summary>
    public required string Argument0 { get; init; }

    /// <summary>Null to leave the program the allocator it has.</summary>
    public Allocator? Allocator { get; init; }

    /// <summary>False when the allocator is already linked into the program (or is the C library's), so that nothing is preloaded.</summary>
    public bool Preload { get; init; }

    /// <summary>Null when no leak check was asked for.</summary>
    public ILeakEngine? Engine { get; init; }

    /// <summary>What the engine found of itself on the target; null without an engine.</summary>
    public EngineTool? Tool { get; init; }

    /// <summary>What the preflight found; blocking findings only when unchecked runs are allowed.</summary>
    public IReadOnlyList<PreflightFinding> Findings { get; init; } = [];

    /// <summary>What the user should know before the start.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
