namespace MemTools.Allocators.HeapCheck;

/// <summary>What an engine found of itself on a target.</summary>
public sealed record EngineTool
{
    /// <summary>True when the engine can be used there.</summary>
    public required bool IsAvailable { get; init; }

    /// <summary>The library to preload, with what was proved of it; null for an engine that is a program.</summary>
    public Allocator? Library { get; init; }

    /// <summary>The program that runs the program under test; null for a library.</summary>
    public string? ProgramPath { get; init; }

    /// <summary>Why it is not available; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do about it; null when it is available.</summary>
    public string? Action { get; init; }

    /// <summary>Not there, or a library without what it takes.</summary>
    public static EngineTool Missing(string reason, string action, Allocator? library = null) =>
        new() { IsAvailable = false, Reason = reason, Action = action, Library = library };
}
