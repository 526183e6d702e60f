using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.HeapCheck;

/// <summary>The engine for a launch, what it found of itself, and why it was taken.</summary>
public sealed record EngineChoice(ILeakEngine Engine, EngineTool Tool, string Reason)
{
    /// <summary>
    /// Takes the engine that was asked for, or for <c>Auto</c> the first of <see cref="Order"/> that the target really has.
    /// </summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="allocator">The allocator that the user named, as found on the target; null when none was named.</param>
    /// <param name="target">Where.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="MemToolsException">UnknownHeapCheckEngine, EngineNotAvailable, NoLeakEngine, HeapCheckModeUnsupported.</exception>
    public static async Task<EngineChoice> MakeAsync(
        LaunchRequest request, Allocator? allocator, ITarget target, CancellationToken cancellation)
    {
        if (request.Engine is { } name && !name.Equals("auto", StringComparison.OrdinalIgnoreCase))
            return await NamedAsync(name, request, allocator, target, cancellation);
        var missing = new List<string>();
        string? action = null;
        foreach (string candidate in Order(request, allocator))
        {
            ILeakEngine engine = LeakEngines.Find(candidate)!;
            if (!engine.Supports(request.HeapCheck))
                continue;
            EngineTool tool = await engine.FindAsync(target, allocator, cancellation);
            if (tool.IsAvailable)
                return new EngineChoice(engine, tool, Because(engine, allocator, missing));
            missing.Add($"{engine.Name}: {tool.Reason}");
            action ??= tool.Action;
        }
        throw new MemToolsException(
            "NoLeakEngine", MemToolsErrorCategory.NotInstalled, $"No leak engine can check here. {string.Join("; ", missing)}.", request.FilePath,
            action ?? "Install-Allocator lsan / memtools install lsan");
    }

    /// <summary>
    /// The order of <c>Auto</c> (docs/heap-check.md): what an engine can tell (lost from merely live) first, then what it costs. Who names tcmalloc, or uses what only
    /// gperftools' checker has, wants that checker where it exists.
    /// </summary>
    /// <param name="request">What the user asks for.</param>
    /// <param name="allocator">The allocator that the user named; null for none.</param>
    public static IReadOnlyList<string> Order(LaunchRequest request, Allocator? allocator)
    {
        bool wantsGperftools = allocator is { HeapCheck: Capability.Supported } || allocator?.Name.StartsWith("tcmalloc", StringComparison.Ordinal) == true
            || request.HeapCheck is HeapCheckMode.Local or HeapCheckMode.AsIs || request.TestPointerAlignment || request.MaxPointerOffset is not null;
        return wantsGperftools
            ? ["Gperftools", "LeakSanitizer", "Valgrind", "Jemalloc", "Heaptrack", "Mtrace"]
            : ["LeakSanitizer", "Gperftools", "Valgrind", "Jemalloc", "Heaptrack", "Mtrace"];
    }

    private static async Task<EngineChoice> NamedAsync(
        string name, LaunchRequest request, Allocator? allocator, ITarget target, CancellationToken cancellation)
    {
        ILeakEngine engine = LeakEngines.Find(name) ?? throw new MemToolsException(
            "UnknownHeapCheckEngine", MemToolsErrorCategory.InvalidArgument, $"There is no leak engine '{name}'.", name,
            $"Engines: Auto, {string.Join(", ", LeakEngines.Names)}.");
        if (!engine.Supports(request.HeapCheck))
        {
            throw new MemToolsException(
                "HeapCheckModeUnsupported", MemToolsErrorCategory.InvalidArgument, $"{engine.Name} has no mode {request.HeapCheck}.", request.HeapCheck,
                "Use mode Normal, or the engine Gperftools; docs/heap-check.md has the table.");
        }
        EngineTool tool = await engine.FindAsync(target, allocator, cancellation);
        // Of a library that the user named the preflight says best what it lacks.
        return tool.IsAvailable || tool.Library is not null
            ? new EngineChoice(engine, tool, "it was asked for")
            : throw new MemToolsException(
                "EngineNotAvailable", MemToolsErrorCategory.NotInstalled, $"The leak engine {engine.Name} cannot be used: {tool.Reason}.", engine.Name, tool.Action);
    }

    private static string Because(ILeakEngine engine, Allocator? allocator, List<string> missing)
    {
        string reason = missing.Count > 0 ? $"the first that is there ({string.Join("; ", missing)})"
            : engine.Name == "Gperftools" && allocator is not null ? $"{allocator.Name} {allocator.Version} has the checker itself"
            : "it tells lost memory from live at the least cost";
        return reason;
    }
}
