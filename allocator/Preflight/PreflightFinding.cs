namespace MemTools.Allocators.Preflight;

/// <summary>How much a finding weighs.</summary>
public enum PreflightSeverity
{
    /// <summary>Good to know.</summary>
    Information,

    /// <summary>It may not work, or not as expected.</summary>
    Warning,

    /// <summary>It cannot work: the launch is refused unless unchecked runs are allowed.</summary>
    Blocking,
}

/// <summary>Something that speaks against a launch, or that one should know before. The ids are listed in docs/preflight.md.</summary>
public sealed record PreflightFinding
{
    /// <summary>PascalCase id; a refused launch fails with it as error id.</summary>
    public required string Id { get; init; }

    public required PreflightSeverity Severity { get; init; }

    /// <summary>What it is about: a path or a variable's name.</summary>
    public required string Subject { get; init; }

    /// <summary>What was found, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What would have happened silently; empty when nothing would be silent.</summary>
    public string WouldHaveHappened { get; init; } = "";

    /// <summary>What to do.</summary>
    public required string Action { get; init; }
}
