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
        var plan = new LaunchPlan { Request = request, Target = target, FilePath = path, Argument0 = argument0 };
        plan = request.HeapCheck == HeapCheckMode.None
            ? await WithAllocatorAsync(plan, cancellation)
            : await WithEngineAsync(plan, observer, cancellation);

        Allocator? library = plan.Engine is { ReplacesMalloc: true, Preloads: true } ? plan.Tool!.Library
            : plan.Preload || plan.Allocator is { Name: "ptmalloc" } ? plan.Allocator : null;
        IReadOnlyList<PreflightFinding> findings = await PreflightChecks.RunAsync(request, library, target, plan.Engine, cancellation);
        if (!request.AllowUnchecked)
            PreflightChecks.ThrowIfBlocked(findings);
        observer?.Verbose?.Invoke(
            $"Program {path}, allocator {(plan.Allocator is { } a ? $"{a.Name} {a.Version} ({a.Path})" : "its own")}, engine {plan.Engine?.Name ?? "none"}.");
        return plan with
        {
            Findings = findings,
            Warnings = [.. plan.Warnings, .. findings.Where(static f => f.Severity != PreflightSeverity.Information).Select(Text)],
        };
    }

    private static async Task<LaunchPlan> WithAllocatorAsync(LaunchPlan plan, CancellationToken cancellation)
    {
        if (plan.Request.Allocator is not { } name)
            return plan;
        Allocator allocator = await AllocatorFinder.ResolveAsync(plan.Target, name, HeapCheckMode.None, cancellation: cancellation);
        return plan with { Allocator = allocator, Preload = IsPreloaded(allocator) };
    }

    private static async Task<LaunchPlan> WithEngineAsync(LaunchPlan plan, LaunchObserver? observer, CancellationToken cancellation)
    {
        LaunchRequest request = plan.Request;
        Allocator? named = request.Allocator is null
            ? null
            : await AllocatorFinder.ResolveAsync(plan.Target, request.Allocator, request.HeapCheck, cancellation: cancellation);
        // A checker that the program brings itself needs no preload, whatever is installed.
        if (named is null && IsAutoOr(request.Engine, "Gperftools") && ReadLinked(plan.Target, plan.FilePath, cancellation) is { } own)
        {
            observer?.Verbose?.Invoke($"Engine Gperftools: {own.Name} {own.Version} is linked into the program.");
            return plan with { Allocator = own, Engine = LeakEngines.Find("Gperftools"), Tool = new EngineTool { IsAvailable = true, Library = own } };
        }
        EngineChoice choice;
        try
        {
            choice = await EngineChoice.MakeAsync(request, named, plan.Target, cancellation);
        }
        catch (MemToolsException e) when (request.AllowUnchecked && e.ErrorId is "EngineNotAvailable" or "NoLeakEngine")
        {
            // The user accepts that nothing is checked: the program runs, and the verdict says why it proves nothing.
            return plan with
            {
                Allocator = named, Preload = IsPreloaded(named), Engine = LeakEngines.Find("Gperftools"), Tool = new EngineTool { IsAvailable = true, Library = named },
                Warnings = [e.Message],
            };
        }
        observer?.Verbose?.Invoke($"Engine {choice.Engine.Name}: {choice.Reason}.");
        var warnings = new List<string>();
        if (named is not null && choice.Engine.ReplacesMalloc && IsPreloaded(named))
            warnings.Add($"{choice.Engine.Name} brings its own malloc: the program does not run with {named.Name} in this check.");
        Allocator? allocator = choice.Engine.ReplacesMalloc ? choice.Tool.Library : choice.Tool.Library ?? named;
        return plan with
        {
            Allocator = allocator, Preload = !choice.Engine.ReplacesMalloc && IsPreloaded(allocator), Engine = choice.Engine, Tool = choice.Tool, Warnings = warnings,
        };
    }

    private static bool IsPreloaded(Allocator? allocator) => allocator is { Path: not null, Name: not "ptmalloc" };

    private static bool IsAutoOr(string? engine, string name) =>
        engine is null || engine.Equals("auto", StringComparison.OrdinalIgnoreCase) || engine.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Text(PreflightFinding finding) =>
        finding.WouldHaveHappened.Length > 0 ? $"{finding.Message} ({finding.WouldHaveHappened})" : finding.Message;

    /// <summary>The allocator that the program brings itself and whose checker the environment alone switches on; null when there is none.</summary>
    private static Allocator? ReadLinked(ITarget target, string path, CancellationToken cancellation)
    {
        using ProgramFile file = ProgramFile.Read(target, path, cancellation);
        return file.Elf is null ? null : LinkedAllocator.WithChecker(target, file.Elf, path, cancellation);
    }
}
