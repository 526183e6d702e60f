using MemTools.Reports.Graph;
using MemTools.Reports.Model;

namespace MemTools.Reports.Leaks;

/// <summary>Whose code a frame is.</summary>
public enum FrameOrigin
{
    /// <summary>The program or one of its libraries.</summary>
    Program,

    /// <summary>libc, the C++ runtime, the dynamic loader, or their templates inlined into the program.</summary>
    Runtime,

    /// <summary>An allocator or a leak engine.</summary>
    Allocator,
}

/// <summary>Tells the program's own code from the allocator's and the runtime's, by module and by name.</summary>
public static class FrameOrigins
{
    private static readonly string[] AllocatorModules =
    [
        "libtcmalloc", "libjemalloc", "libmimalloc", "libtbbmalloc", "liblsan", "libasan", "libhwasan", "libclang_rt.", "libheaptrack",
        "vgpreload_", "libc_malloc_debug", "libmemtools_", "libsnmalloc", "libhoard", "librpmalloc",
    ];

    private static readonly string[] RuntimeModules =
    [
        "libc.so", "libc-2.", "libc.musl", "libstdc++.so", "libc++.so", "libc++abi.so", "libgcc_s.so", "libm.so", "libpthread", "libdl.so", "libdl-2.",
        "librt.so", "ld-linux", "ld-musl", "ld-2.", "ld.so", "ld64.so", "libunwind.so", "[vdso]", "linux-vdso",
    ];

    private static readonly HashSet<string> AllocatorFunctions = new(StringComparer.Ordinal)
    {
        "malloc", "calloc", "realloc", "reallocarray", "free", "cfree", "memalign", "aligned_alloc", "posix_memalign", "valloc", "pvalloc",
        "__libc_malloc", "__libc_calloc", "__libc_realloc", "__libc_memalign", "__libc_valloc", "__libc_pvalloc", "__libc_free",
        "__GI___libc_malloc", "__GI___libc_calloc", "__GI___libc_realloc", "_int_malloc", "_int_realloc", "_int_memalign", "sysmalloc",
        "_mid_memalign", "tcache_init", "malloc_hook_ini", "realloc_hook_ini", "ptmalloc_init",
    };

    private static readonly string[] AllocatorPrefixes =
    [
        "operator new", "operator delete", "tc_malloc", "tc_calloc", "tc_realloc", "tc_new", "tc_memalign", "tc_posix_memalign", "tc_valloc", "tc_pvalloc",
        "tcmalloc::", "(anonymous namespace)::do_malloc", "je_", "mi_", "_mi_", "__interceptor_", "___interceptor_", "__asan", "__lsan",
        "__sanitizer", "MallocHook::", "MallocExtension::", "_Znw", "_Zna",
    ];

    private static readonly string[] RuntimePrefixes = ["std::", "__gnu_cxx::", "__cxxabiv1::", "__cxa_", "abi::", "__gnu_debug::", "__libc_start_"];

    /// <summary>Whose code the frame is.</summary>
    public static FrameOrigin Of(StackFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        string module = frame.Module[(frame.Module.LastIndexOf('/') + 1)..];
        if (StartsWithAny(module, AllocatorModules))
        {
            return FrameOrigin.Allocator;
        }

        if (frame.Function is { } function)
        {
            if (AllocatorFunctions.Contains(function))
            {
                return FrameOrigin.Allocator;
            }

            ReadOnlySpan<char> name = FunctionNames.WithoutReturnType(function);
            if (StartsWithAny(name, AllocatorPrefixes))
            {
                return FrameOrigin.Allocator;
            }

            if (StartsWithAny(name, RuntimePrefixes))
            {
                return FrameOrigin.Runtime;
            }
        }

        return StartsWithAny(module, RuntimeModules) ? FrameOrigin.Runtime : FrameOrigin.Program;
    }

    /// <summary>
    /// The innermost frame that is the program's own; where there is none (memory of a library's initialiser), the innermost that is not an
    /// allocator's; null for an empty stack.
    /// </summary>
    public static StackFrame? Innermost(IReadOnlyList<StackFrame> stack)
    {
        ArgumentNullException.ThrowIfNull(stack);
        StackFrame? runtime = null;
        foreach (StackFrame frame in stack)
        {
            switch (Of(frame))
            {
                case FrameOrigin.Program when !IsEntry(frame):
                    return frame;
                case FrameOrigin.Runtime:
                    runtime ??= frame;
                    break;
            }
        }

        return runtime ?? (stack.Count > 0 ? stack[0] : null);
    }

    /// <summary>Whose code a node of a report is; the start code counts as the runtime's.</summary>
    internal static FrameOrigin Of(NodeInfo node)
    {
        var frame = new StackFrame { Module = node.Module, Function = node.Name.Length > 0 ? node.Name : null };
        return IsEntry(frame) ? FrameOrigin.Runtime : Of(frame);
    }

    /// <summary>The start code is in every program and is nobody's leak.</summary>
    internal static bool IsEntry(StackFrame frame) => frame.Function is "_start" or "__libc_csu_init" or "_init";

    private static bool StartsWithAny(ReadOnlySpan<char> text, string[] prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (text.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
