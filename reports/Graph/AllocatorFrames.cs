using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>Frames that belong to the allocator or to the C++ library's allocation functions: folded by module, else by name.</summary>
public static class AllocatorFrames
{
    private static readonly string[] ModulePrefixes =
    [
        "libtcmalloc", "libjemalloc", "libmimalloc", "libtbbmalloc", "liblsan", "libasan", "libclang_rt.", "libc_malloc_debug", "vgpreload_",
        "libheaptrack_", "libprofiler",
    ];

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "malloc", "calloc", "realloc", "reallocarray", "memalign", "posix_memalign", "aligned_alloc", "valloc", "pvalloc", "free", "cfree",
        "__libc_malloc", "__libc_calloc", "__libc_realloc", "__libc_memalign", "__interceptor_malloc", "__interceptor_calloc", "__interceptor_realloc",
        "tc_malloc", "tc_calloc", "tc_realloc", "tc_new", "tc_newarray", "tc_memalign", "tc_posix_memalign", "tc_valloc", "tc_pvalloc",
        "do_malloc", "do_calloc", "do_realloc", "je_malloc", "je_calloc", "je_realloc", "je_mallocx", "mallocx", "rallocx", "mi_malloc", "mi_calloc", "mi_realloc",
        "MallocHook::InvokeNewHookSlow", "prof_backtrace", "je_prof_backtrace",
    };

    private static readonly string[] NamePrefixes = ["operator new", "operator delete", "tcmalloc::", "_mi_", "je_prof_", "(anonymous namespace)::do_malloc", "std::get_temporary_buffer"];

    /// <summary>What libstdc++'s and libc++'s containers call to get memory, as the last part of a name in <c>std</c> or <c>__gnu_cxx</c>.</summary>
    private static readonly HashSet<string> LibraryFunctions = new(StringComparer.Ordinal)
    {
        "_M_allocate", "_M_allocate_map", "_M_allocate_node", "_M_allocate_node_ptr", "_M_allocate_buckets", "_M_get_node", "_M_get_map", "_M_create_storage",
        "_M_create", "_S_allocate", "__allocate_guarded", "__allocate_guarded_obj", "__allocate_at_least", "allocate_at_least", "__libcpp_allocate",
        "__libcpp_operator_new",
    };

    /// <summary>True when all of a location is the allocator's.</summary>
    public static bool Holds(Profile profile, int location)
    {
        Location at = profile.Locations[location];
        if (at.MappingIndex >= 0 && IsModule(profile.Mappings[at.MappingIndex].Path))
            return true;
        return at.Lines.Length > 0 && IsFunction(at.Lines[^1].Function.Name);
    }

    /// <summary>
    /// The innermost line of a location that is not the allocator's: what the compiler inlined of the allocation functions is before it. 0 when
    /// all are.
    /// </summary>
    public static int FirstOwnLine(Profile profile, int location)
    {
        int first = Array.FindIndex(profile.Locations[location].Lines, line => !IsFunction(line.Function.Name));
        return Math.Max(first, 0);
    }

    /// <summary>True for the path of an allocator's or leak engine's library.</summary>
    public static bool IsModule(string path)
    {
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        foreach (string prefix in ModulePrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>True for a name of the malloc or operator new family, and for the C++ library's own allocation functions.</summary>
    public static bool IsFunction(string name)
    {
        if (Names.Contains(name))
            return true;
        foreach (string prefix in NamePrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        int parameters = name.IndexOf('(', StringComparison.Ordinal);
        return parameters > 0 && Names.Contains(name[..parameters]) || IsLibraryFunction(name);
    }

    /// <summary><c>std::allocator_traits&lt;…&gt;::allocate</c> and its kin.</summary>
    private static bool IsLibraryFunction(string name)
    {
        ReadOnlySpan<char> text = name;
        if (!text.Contains("std::", StringComparison.Ordinal) && !text.Contains("__gnu_cxx::", StringComparison.Ordinal))
            return false;
        if (!text.Contains("alloc", StringComparison.Ordinal) && !text.Contains("_M_get", StringComparison.Ordinal) && !text.Contains("_M_create", StringComparison.Ordinal)
            && !text.Contains("__libcpp_", StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> plain = ShortName.Of(name);
        if (!plain.StartsWith("std::") && !plain.StartsWith("__gnu_cxx::"))
            return false;
        // libc++ marks its functions with ABI tags.
        int tag = plain.IndexOf('[');
        if (tag > 0)
            plain = plain[..tag];
        int last = plain.LastIndexOf("::");
        return LibraryFunctions.GetAlternateLookup<ReadOnlySpan<char>>().Contains(plain[(last + 2)..])
            || plain[(last + 2)..] is "allocate" && plain[..last].Contains("alloc", StringComparison.Ordinal);
    }
}
