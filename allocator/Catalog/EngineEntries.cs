namespace MemTools.Allocators.Catalog;

/// <summary>Leak engines that are packages of their own, so that they install like an allocator.</summary>
internal static class EngineEntries
{
    public static CatalogEntry Lsan { get; } = new()
    {
        Name = "lsan",
        Aliases = ["leaksanitizer", "liblsan"],
        Kind = CatalogKind.LeakEngine,
        Summary = "gcc's LeakSanitizer, preloaded: finds what nothing points to, under its own allocator.",
        Upstream = "https://github.com/google/sanitizers",
        Sonames = ["liblsan.so.0"],
        Packages =
        [
            new(PackageFamily.Apt, ["liblsan0"]), new(PackageFamily.Rpm, ["liblsan"]), new(PackageFamily.Zypper, ["liblsan0", "liblsan"]),
            new(PackageFamily.Pacman, ["liblsan", "gcc-libs"]),
            new(PackageFamily.Apk, [], "LeakSanitizer does not work with musl."),
        ],
        Variables = LsanVariables.All,
        OwnEngines = ["LeakSanitizer"],
    };

    public static CatalogEntry Valgrind { get; } = new()
    {
        Name = "valgrind",
        Aliases = ["memcheck"],
        Kind = CatalogKind.LeakEngine,
        Summary = "valgrind's memcheck: runs the program on a simulated processor; slow, exact.",
        Upstream = "https://valgrind.org",
        Program = "valgrind",
        Packages = Same("valgrind"),
        OwnEngines = ["Valgrind"],
    };

    public static CatalogEntry Heaptrack { get; } = new()
    {
        Name = "heaptrack",
        Kind = CatalogKind.LeakEngine,
        Summary = "heaptrack: records every allocation; tells what is live at exit, not what is lost.",
        Upstream = "https://invent.kde.org/sdk/heaptrack",
        Program = "heaptrack",
        Packages = Same("heaptrack"),
        OwnEngines = ["Heaptrack"],
    };

    public static CatalogEntry MallocDebug { get; } = new()
    {
        Name = "libc-malloc-debug",
        Aliases = ["mtrace", "libc_malloc_debug"],
        Kind = CatalogKind.LeakEngine,
        Summary = "glibc's debugging malloc, which mtrace needs since glibc 2.34.",
        Upstream = "https://sourceware.org/glibc/",
        Sonames = ["libc_malloc_debug.so.0"],
        Packages =
        [
            new(PackageFamily.Apt, ["libc6"]), new(PackageFamily.Rpm, ["glibc"]), new(PackageFamily.Zypper, ["glibc"]),
            new(PackageFamily.Pacman, ["glibc"]), new(PackageFamily.Apk, [], "musl has no mtrace."),
        ],
        OwnEngines = ["Mtrace"],
    };

    private static IReadOnlyList<PackageNames> Same(string name) =>
    [
        new(PackageFamily.Apt, [name]), new(PackageFamily.Rpm, [name]), new(PackageFamily.Zypper, [name]),
        new(PackageFamily.Pacman, [name]), new(PackageFamily.Apk, [name]),
    ];
}
