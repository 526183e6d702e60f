namespace MemTools.Allocators.Catalog;

/// <summary>jemalloc, mimalloc and oneTBB's allocator.</summary>
internal static class OtherEntries
{
    public static CatalogEntry Jemalloc { get; } = new()
    {
        Name = "jemalloc",
        Summary = "jemalloc: arenas, low fragmentation, a sampling heap profiler where it is compiled in.",
        Upstream = "https://github.com/jemalloc/jemalloc",
        Sonames = ["libjemalloc.so.2", "libjemalloc.so.1"],
        Packages =
        [
            new(PackageFamily.Apt, ["libjemalloc2", "libjemalloc1"]),
            new(PackageFamily.Rpm, ["jemalloc"], "On RHEL and its rebuilds the package is in EPEL: install epel-release first."),
            new(PackageFamily.Zypper, ["libjemalloc2", "jemalloc"]),
            new(PackageFamily.Pacman, ["jemalloc"]),
            new(PackageFamily.Apk, ["jemalloc"]),
        ],
        Variables = JemallocVariables.All,
        OwnEngines = ["Jemalloc"],
    };

    public static CatalogEntry Mimalloc { get; } = new()
    {
        Name = "mimalloc",
        Summary = "Microsoft's mimalloc: small and fast; it has no leak checker and no heap profiler.",
        Upstream = "https://github.com/microsoft/mimalloc",
        Sonames = ["libmimalloc.so.3", "libmimalloc.so.2", "libmimalloc.so.1"],
        Packages =
        [
            new(PackageFamily.Apt, ["libmimalloc3", "libmimalloc2.0t64", "libmimalloc2.0"]),
            new(PackageFamily.Rpm, ["mimalloc"], "On RHEL and its rebuilds the package is in EPEL: install epel-release first."),
            new(PackageFamily.Zypper, ["libmimalloc3", "libmimalloc2", "mimalloc"]),
            new(PackageFamily.Pacman, ["mimalloc"]),
            new(PackageFamily.Apk, ["mimalloc", "mimalloc2"]),
        ],
        Variables = MimallocVariables.All,
    };

    public static CatalogEntry Tbbmalloc { get; } = new()
    {
        Name = "tbbmalloc",
        Aliases = ["tbb"],
        Summary = "oneTBB's scalable allocator, put in malloc's place by its proxy library.",
        Upstream = "https://github.com/uxlfoundation/oneTBB",
        Sonames = ["libtbbmalloc_proxy.so.2"],
        Packages =
        [
            new(PackageFamily.Apt, ["libtbbmalloc2"]),
            new(PackageFamily.Rpm, ["tbb"]),
            new(PackageFamily.Zypper, ["libtbbmalloc2", "libtbbmalloc_proxy2"]),
            new(PackageFamily.Pacman, ["onetbb"]),
            new(PackageFamily.Apk, ["onetbb"]),
        ],
        Variables =
        [
            new()
            {
                Name = "TBB_MALLOC_USE_HUGE_PAGES", Type = VariableType.Boolean, Default = "0",
                Meaning = "Uses huge pages where the system has them.",
            },
            new()
            {
                Name = "TBB_MALLOC_SET_HUGE_OBJECT_THRESHOLD", Type = VariableType.Bytes,
                Meaning = "Size from which an object is never cached.",
            },
            new()
            {
                Name = "TBB_MALLOC_DISABLE_REPLACEMENT", Type = VariableType.Boolean, Default = "0",
                Meaning = "Leaves malloc alone although the proxy is loaded (Windows).",
            },
            new() { Name = "TBB_VERSION", Type = VariableType.Boolean, Default = "0", Meaning = "Prints the version at the start." },
        ],
    };
}
