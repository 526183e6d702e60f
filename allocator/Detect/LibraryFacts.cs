using MemTools.Allocators.Catalog;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Detect;

/// <summary>
/// What a library's file alone tells: which allocator it is, its version, and what was compiled in. The canary run proves the rest.
/// </summary>
/// <remarks>
/// File and soname tell nothing (libtcmalloc.so.4 is the same from 2.2 to 2.18), nor do the strings HEAPCHECK and HEAPPROFILE, which
/// tcmalloc-minimal has too, nor HeapLeakChecker symbols, 17 of which 2.17 and later still export as empty stubs.
/// </remarks>
public sealed record LibraryFacts
{
    /// <summary>Catalogue name; null when it is none of the catalogue's.</summary>
    public string? Name { get; init; }

    /// <summary>Upstream version; null when the file does not tell.</summary>
    public string? Version { get; init; }

    /// <summary>x86_64, aarch64, i386, ….</summary>
    public required string Architecture { get; init; }

    /// <summary><c>glibc</c> or <c>musl</c>; null when it needs neither.</summary>
    public string? Libc { get; init; }

    /// <summary>GNU build-id, lower-case hex; null when it has none.</summary>
    public string? BuildId { get; init; }

    /// <summary>DT_SONAME; null when it has none.</summary>
    public string? Soname { get; init; }

    /// <summary>DT_NEEDED.</summary>
    public IReadOnlyList<string> Needed { get; init; } = [];

    /// <summary>Newest GLIBC_ version that it needs, for example <c>2.34</c>; null when it needs none.</summary>
    public string? NeedsGlibc { get; init; }

    /// <summary>Whether the leak checker's code is in it.</summary>
    public Capability HeapCheck { get; init; }

    /// <summary>Whether a heap profiler's code is in it.</summary>
    public Capability HeapProfile { get; init; }

    /// <summary>Reads them from an ELF file: a library, or a program that has an allocator linked in.</summary>
    public static LibraryFacts Read(ElfFile elf)
    {
        var facts = new LibraryFacts
        {
            Architecture = elf.Architecture,
            Libc = LibcOf(elf),
            BuildId = elf.BuildId,
            Soname = elf.Soname,
            Needed = elf.NeededLibraries,
            NeedsGlibc = NewestGlibc(elf),
            HeapCheck = Capability.Absent,
            HeapProfile = Capability.Absent,
        };
        return GperftoolsFacts.Add(facts, elf) ?? OtherFacts.Add(facts, elf) ?? facts;
    }

    /// <summary>The entry of the catalogue; null when it is none.</summary>
    public CatalogEntry? Entry => Name is null ? null : AllocatorCatalog.Find(Name);

    private static string? LibcOf(ElfFile elf)
    {
        if (elf.Soname == "libc.so.6" || elf.NeededLibraries.Contains("libc.so.6") || elf.Soname?.StartsWith("ld-linux", StringComparison.Ordinal) == true)
        {
            return "glibc";
        }

        return elf.NeededLibraries.Append(elf.Soname).Any(n => n is not null && (n == "libc.so" || n.StartsWith("libc.musl-", StringComparison.Ordinal)))
            ? "musl"
            : elf.VersionNeeds.Values.Any(v => v.Any(n => n.StartsWith("GLIBC_", StringComparison.Ordinal))) ? "glibc" : null;
    }

    private static string? NewestGlibc(ElfFile elf) =>
        elf.VersionNeeds.Values.SelectMany(v => v)
            .Where(v => v.StartsWith("GLIBC_", StringComparison.Ordinal) && v.Length > 6 && char.IsAsciiDigit(v[6]))
            .Select(v => v[6..])
            .MaxBy(v => v, Comparer<string>.Create(LibraryVersion.Compare));
}
