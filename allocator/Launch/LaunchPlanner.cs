using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
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
        string? name = request.Allocator ?? (engine?.Name == "Gperftools" ? "tcmalloc" : null);
        Allocator? allocator = name is null
            ? null
            : await AllocatorFinder.ResolveAsync(target, name, request.HeapCheck, cancellation: cancellation);
        observer?.Verbose?.Invoke(
            $"Program {path}, allocator {(allocator is null ? "its own" : $"{allocator.Name} {allocator.Version} ({allocator.Path})")}, engine {engine?.Name ?? "none"}.");
        return new LaunchPlan
        {
            Request = request, Target = target, FilePath = path, Argument0 = argument0, Allocator = allocator,
            Preload = allocator is { Path: not null, Name: not "ptmalloc" }, Engine = engine,
        };
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
