using System.Globalization;

namespace MemTools.Allocators.Launch;

/// <summary>The checker's own advice as options with names of their own (the text of gperftools' leak report recommends them).</summary>
internal static class NamedOptions
{
    public static IReadOnlyDictionary<string, string> Variables(LaunchRequest request)
    {
        var variables = new Dictionary<string, string>();
        if (request.TestPointerAlignment)
            variables["HEAP_CHECK_TEST_POINTER_ALIGNMENT"] = "1";
        if (request.MaxPointerOffset is { } offset)
            variables["HEAP_CHECK_MAX_POINTER_OFFSET"] = offset.ToString(CultureInfo.InvariantCulture);
        if (request.MaxFreeQueueSize is { } size)
            variables["TCMALLOC_MAX_FREE_QUEUE_SIZE"] = size.ToString(CultureInfo.InvariantCulture);
        if (request.ReclaimMemory is { } reclaim)
            variables["TCMALLOC_RECLAIM_MEMORY"] = reclaim ? "1" : "0";
        return variables;
    }
}
