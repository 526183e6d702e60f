namespace MemTools.Allocators.Catalog;

/// <summary>gperftools: tcmalloc in its three forms.</summary>
internal static class GperftoolsEntries
{
    private const string Upstream = "https://github.com/gperftools/gperftools";

    // The soname stays libtcmalloc.so.4 from 2.2 to 2.18: it tells nothing about the heap checker.
    public static CatalogEntry Tcmalloc { get; } = new()
    {
        Name = "tcmalloc",
        Aliases = ["gperftools"],
        Summary = "gperftools' thread-caching malloc with heap profiler and, up to 2.16, the heap leak checker.",
        Upstream = Upstream,
        Sonames = ["libtcmalloc.so.4", "libtcmalloc.so.0"],
        Packages = Full,
        Variables = [.. GperftoolsVariables.HeapCheck, .. GperftoolsVariables.HeapProfile, .. GperftoolsVariables.Malloc],
        HeapCheckRemoved = "2.17",
        OwnEngines = ["Gperftools"],
    };

    public static CatalogEntry TcmallocMinimal { get; } = new()
    {
        Name = "tcmalloc-minimal",
        Aliases = ["tcmalloc_minimal"],
        Summary = "gperftools' malloc alone: no heap checker, no heap profiler.",
        Upstream = Upstream,
        Sonames = ["libtcmalloc_minimal.so.4", "libtcmalloc_minimal.so.0"],
        Packages =
        [
            new(PackageFamily.Apt, ["libtcmalloc-minimal4t64", "libtcmalloc-minimal4"]),
            new(PackageFamily.Rpm, ["gperftools-libs"], Epel),
            new(PackageFamily.Zypper, ["libtcmalloc4", "gperftools-libs"]),
            new(PackageFamily.Pacman, ["gperftools"]),
            new(PackageFamily.Apk, ["gperftools"], Testing),
        ],
        Variables = GperftoolsVariables.Malloc,
    };

    public static CatalogEntry TcmallocDebug { get; } = new()
    {
        Name = "tcmalloc-debug",
        Aliases = ["tcmalloc_debug"],
        Summary = "gperftools' malloc that finds overruns, double frees and writes after free; checker and profiler as tcmalloc.",
        Upstream = Upstream,
        Sonames = ["libtcmalloc_debug.so.4", "libtcmalloc_debug.so.0"],
        Packages = Full,
        Variables =
        [
            .. GperftoolsVariables.HeapCheck, .. GperftoolsVariables.HeapProfile, .. GperftoolsVariables.Malloc,
            .. GperftoolsVariables.Debug,
        ],
        HeapCheckRemoved = "2.17",
        OwnEngines = ["Gperftools"],
    };

    private const string Epel = "On RHEL and its rebuilds the package is in EPEL: install epel-release first.";

    private const string Testing = "In Alpine's testing repository.";

    private static IReadOnlyList<PackageNames> Full =>
    [
        new(PackageFamily.Apt, ["libgoogle-perftools4t64", "libgoogle-perftools4"]),
        new(PackageFamily.Rpm, ["gperftools-libs"], Epel),
        new(PackageFamily.Zypper, ["libtcmalloc4", "gperftools-libs"]),
        new(PackageFamily.Pacman, ["gperftools"]),
        new(PackageFamily.Apk, ["gperftools"], Testing),
    ];
}
