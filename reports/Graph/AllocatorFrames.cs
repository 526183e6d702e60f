using MemTools.Reports.Model;

namespace MemTools.Reports.Graph;

/// <summary>Frames that belong to the allocator or to the C++ runtime's allocation functions: folded by module, else by name.</summary>
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

    /// <summary>True when all of a location is the allocator's.</summary>
    public static bool Holds(Profile profile, int location)
    {
        Location at = profile.Locations[location];
        if (at.MappingIndex >= 0 && IsModule(profile.Mappings[at.MappingIndex].Path))
            return true;
        return at.Lines.Length > 0 && IsFunction(at.Lines[^1].Function.Name);
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

    /// <summary>True for a name of the malloc or operator new family.</summary>
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
        return parameters > 0 && Names.Contains(name[..parameters]);
    }
}
