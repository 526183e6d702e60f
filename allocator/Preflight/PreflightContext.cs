using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;

namespace MemTools.Allocators.Preflight;

/// <summary>What the checks look at, and where they put what they find.</summary>
internal sealed class PreflightContext
{
    public required LaunchRequest Request { get; init; }

    /// <summary>Null when the program keeps the allocator it has.</summary>
    public required Allocator? Allocator { get; init; }

    /// <summary>Null when no leak check is wanted.</summary>
    public required ILeakEngine? Engine { get; init; }

    public required ITarget Target { get; init; }

    /// <summary>True when libraries are to be preloaded into the program.</summary>
    public required bool Preloads { get; init; }

    public required CancellationToken Cancellation { get; init; }

    public List<PreflightFinding> Findings { get; } = [];

    /// <summary>What would be lost: for messages.</summary>
    public string Purpose => Engine is not null ? "the leak check" : Request.HeapProfile ? "the heap profile" : $"the allocator {Allocator?.Name}";

    public void Add(PreflightSeverity severity, string id, string subject, string message, string wouldHave, string action) =>
        Findings.Add(new PreflightFinding
        {
            Id = id, Severity = severity, Subject = subject, Message = message, WouldHaveHappened = wouldHave, Action = action,
        });

    public void Block(string id, string subject, string message, string wouldHave, string action) =>
        Add(PreflightSeverity.Blocking, id, subject, message, wouldHave, action);

    public void Warn(string id, string subject, string message, string wouldHave, string action) =>
        Add(PreflightSeverity.Warning, id, subject, message, wouldHave, action);

    public void Inform(string id, string subject, string message, string action) =>
        Add(PreflightSeverity.Information, id, subject, message, "", action);
}
