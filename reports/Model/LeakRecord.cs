namespace MemTools.Reports.Model;

/// <summary>The leaks of one distinct allocation stack.</summary>
public sealed record LeakRecord
{
    /// <summary>Bytes not freed.</summary>
    public long Bytes { get; init; }

    /// <summary>Objects not freed.</summary>
    public long Objects { get; init; }

    /// <summary>Innermost frame that is the program's own code rather than an allocator's or the C++ runtime's; null when unknown.</summary>
    public string? Function { get; init; }

    /// <summary><c>file:line</c> of that frame; null when unknown.</summary>
    public string? Location { get; init; }

    /// <summary>Path of that frame's module; null when unknown.</summary>
    public string? Module { get; init; }

    /// <summary>What the engine says of the memory.</summary>
    public LeakKind Kind { get; init; }

    /// <summary>Frames, the allocation first.</summary>
    public IReadOnlyList<StackFrame> Stack { get; init => field = value.Indexable(); } = [];

    /// <summary>Stable across ASLR, rebuilds that only move code, and machines; hex.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Place in a comparison.</summary>
    public LeakStatus Status { get; init; }
}
