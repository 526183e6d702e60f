using MemTools.Allocators.HeapCheck;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>From a request to a plan: finds the program and the allocator, chooses the engine, runs the preflight.</summary>
public static class LaunchPlanner
{
    /// <summary>Makes the plan; throws what speaks against a start.</summary>
    public static Task<LaunchPlan> PlanAsync(
        LaunchRequest request, ITarget target, LaunchObserver? observer = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        (string path, string argument0) = ProgramResolver.Resolve(request, target);
        ILeakEngine? engine = null;
        if (request.HeapCheck != HeapCheckMode.None)
            engine = LeakEngines.Find(request.Engine ?? "Gperftools");
        Allocator? allocator = request.Allocator is null ? null : new Allocator { Name = request.Allocator, Path = request.Allocator };
        observer?.Verbose?.Invoke($"Program {path}, allocator {allocator?.Name ?? "its own"}, engine {engine?.Name ?? "none"}.");
        return Task.FromResult(new LaunchPlan
        {
            Request = request, Target = target, FilePath = path, Argument0 = argument0, Allocator = allocator, Preload = allocator?.Path is not null, Engine = engine,
        });
    }
}
