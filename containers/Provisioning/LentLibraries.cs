using MemTools.Allocators;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Provisioning;

/// <summary>Which library of this machine a run in an image may need.</summary>
internal static class LentLibraries
{
    /// <summary>
    /// Catalogue names, the one to prefer first; any one of them will do. Empty when the image has to have it: a library named by path, or an engine that is a program.
    /// </summary>
    public static IReadOnlyList<string> Wanted(LaunchRequest request)
    {
        bool isAuto = request.Engine is null || request.Engine.Equals("auto", StringComparison.OrdinalIgnoreCase);
        if (request.Allocator is { } allocator && (request.HeapCheck == HeapCheckMode.None || isAuto))
            return allocator.Contains('/', StringComparison.Ordinal) ? [] : [allocator];
        if (request.HeapCheck == HeapCheckMode.None)
            return [];
        IEnumerable<string> engines = isAuto ? EngineChoice.Order(request, null) : [LeakEngines.Find(request.Engine)?.Name ?? ""];
        // Auto ends with the checkers that tell lost memory from live.
        return [.. engines.Select(LibraryOf).OfType<string>().Take(isAuto ? 2 : 1)];
    }

    /// <summary>True when the image has it itself.</summary>
    public static async Task<bool> HasAsync(ITarget image, string name, LaunchRequest request, CancellationToken cancellation)
    {
        try
        {
            Allocator found = await AllocatorFinder.ResolveAsync(image, name, name == "tcmalloc" ? request.HeapCheck : HeapCheckMode.None, cancellation: cancellation);
            // What the user named is judged by the preflight; what stands in for an engine must be able to check.
            return request.Allocator is not null || (found.Problem is null && (name != "tcmalloc" || found.HeapCheck is Capability.Supported or Capability.Unknown));
        }
        catch (MemToolsException missing) when (missing.ErrorId == "AllocatorNotInstalled")
        {
            return false;
        }
    }

    private static string? LibraryOf(string engine) => engine switch
    {
        "LeakSanitizer" => "lsan",
        "Gperftools" => "tcmalloc",
        "Jemalloc" => "jemalloc",
        _ => null,
    };
}
