using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>
/// Memory that the C++ runtime and stdio keep for the whole life of every process. Engines that count all live memory count it too, and
/// nobody can free it: libstdc++'s emergency pool for exceptions, allocated while the loader initialises the library, stdio's stream buffers,
/// the tables for thread-local variables that glibc keeps with the stacks of ended threads for the next ones, and what the dynamic loader itself
/// allocates (its table of loaded code grows with dlopen and does not shrink with dlclose).
/// </summary>
internal static class RuntimeMemory
{
    /// <summary>True when the record is such memory.</summary>
    public static bool Owns(LeakRecord record)
    {
        bool loader = false;
        bool library = false;
        bool inner = true;
        foreach (StackFrame frame in record.Stack)
        {
            FrameOrigin origin = FrameOrigins.Of(frame);
            if (origin != FrameOrigin.Program && frame.Function is { } function && IsRuntimeAllocation(function))
            {
                return true;
            }

            if (origin == FrameOrigin.Program)
            {
                return false;
            }

            ReadOnlySpan<char> module = Path.GetFileName(frame.Module.AsSpan());
            bool isLoader = module.StartsWith("ld-") || module.StartsWith("ld64.");
            if (origin != FrameOrigin.Allocator)
            {
                if (inner && isLoader)
                {
                    return true;
                }

                inner = false;
            }

            loader |= isLoader || frame.Function is "_dl_init" or "call_init";
            library |= module.StartsWith("libstdc++.so") || module.StartsWith("libc++abi.so");
        }

        return loader && library;
    }

    private static bool IsRuntimeAllocation(string function) =>
        function is "_IO_file_doallocate" or "__GI__IO_file_doallocate" or "allocate_dtv"
        || function.Contains("_dl_allocate_tls", StringComparison.Ordinal)
        || function.StartsWith("pthread_create", StringComparison.Ordinal) || function.StartsWith("__pthread_create", StringComparison.Ordinal);
}
