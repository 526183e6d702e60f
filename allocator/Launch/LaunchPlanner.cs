using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Preflight;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>From a request to a plan: finds the program and the allocator, chooses the engine, runs the preflight.</summary>
public static class LaunchPlanner
{
    /// <summary>Makes the plan; throws what speaks against a start.</summary>
    public static async Task<LaunchPlan> PlanAsync(
        LaunchRequest request, ITarget target, LaunchObserver? observer = null, CancellationToken cancellation = default)
    {
        (string path, string argument0) = ProgramResolver.Resolve(request, target);
        ILeakEngine? engine = request.HeapCheck == HeapCheckMode.None ? null : FindEngine(request.Engine);
        Allocator? own = engine?.Name == "Gperftools" ? ReadLinked(target, path, cancellation) : null;
        if (own is not null && request.Allocator is { } asked && !asked.Equals(own.Name, StringComparison.OrdinalIgnoreCase))
            own = null;
        string? name = own is not null ? null : request.Allocator ?? (engine?.Name == "Gperftools" ? "tcmalloc" : null);
        Allocator? allocator = name is null
            ? own
            : await AllocatorFinder.ResolveAsync(target, name, request.HeapCheck, cancellation: cancellation);
        IReadOnlyList<PreflightFinding> findings = await PreflightChecks.RunAsync(request, own is null ? allocator : null, target, engine, cancellation);
        if (!request.AllowUnchecked)
            PreflightChecks.ThrowIfBlocked(findings);
        observer?.Verbose?.Invoke(
            $"Program {path}, allocator {(allocator is null ? "its own" : $"{allocator.Name} {allocator.Version} ({allocator.Path})")}, engine {engine?.Name ?? "none"}.");
        return new LaunchPlan
        {
            Request = request, Target = target, FilePath = path, Argument0 = argument0, Allocator = allocator,
            Preload = own is null && allocator is { Path: not null, Name: not "ptmalloc" }, Engine = engine, Findings = findings,
            Warnings = [.. findings.Where(static f => f.Severity != PreflightSeverity.Information).Select(Text)],
        };
    }

    private static string Text(PreflightFinding finding) =>
        finding.WouldHaveHappened.Length > 0 ? $"{finding.Message} ({finding.WouldHaveHappened})" : finding.Message;

    /// <summary>The allocator that the program brings itself and whose checker the environment alone switches on; null when there is none.</summary>
    private static Allocator? ReadLinked(ITarget target, string path, CancellationToken cancellation)
    {
        using ProgramFile file = ProgramFile.Read(target, path, cancellation);
        return file.Elf is null ? null : LinkedAllocator.WithChecker(target, file.Elf, path, cancellation);
    }

    private static ILeakEngine FindEngine(string? name)
    {
        if (name is null || name.Equals("auto", StringComparison.OrdinalIgnoreCase))
            return LeakEngines.All[0];
        return LeakEngines.Find(name) ?? throw new MemToolsException(
            "UnknownHeapCheckEngine", MemToolsErrorCategory.InvalidArgument, $"There is no leak engine '{name}'.", name,
            $"Engines: Auto, {string.Join(", ", LeakEngines.Names)}.");
    }
}
