using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Preflight;

/// <summary>An allocator that a program brings itself.</summary>
internal static class LinkedAllocator
{
    /// <summary>The catalogue's entry of a library that the program needs; null when it needs none.</summary>
    public static (CatalogEntry Entry, string Soname)? NeededEntry(ElfFile program)
    {
        foreach (string soname in program.NeededLibraries)
            if (AllocatorCatalog.FindBySoname(soname) is { Kind: CatalogKind.Allocator, Name: not "ptmalloc" } entry)
                return (entry, soname);
        return null;
    }

    /// <summary>What is linked into a static program; null when nothing of the catalogue's is.</summary>
    public static LibraryFacts? OfStatic(ElfFile program) => LibraryFacts.Read(program) is { Name: not null } facts ? facts : null;

    /// <summary>
    /// The allocator that a program has without a preload and whose heap checker can be switched on by the environment alone: linked into it, or
    /// a library that its run path finds. Null when there is none.
    /// </summary>
    public static Allocator? WithChecker(ITarget target, ElfFile program, string path, CancellationToken cancellation)
    {
        if (program.Interpreter is null || program.DefinesDynamicSymbol("malloc"))
            return ToAllocator(OfStatic(program), path);
        if (NeededEntry(program) is not { Soname: var soname } || program.RunPath is not { } folders)
            return null;
        foreach (string folder in folders.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string library = Path.Combine(
                folder.Replace("$ORIGIN", Path.GetDirectoryName(path), StringComparison.Ordinal)
                    .Replace("${ORIGIN}", Path.GetDirectoryName(path), StringComparison.Ordinal),
                soname);
            if (target.Fetch(library, cancellation) is { } local && ElfFile.TryOpen(local, out _) is { } elf)
            {
                using (elf)
                    return ToAllocator(LibraryFacts.Read(elf), library);
            }
        }
        return null;
    }

    private static Allocator? ToAllocator(LibraryFacts? facts, string path) => facts is not { HeapCheck: Capability.Supported, Name: { } name }
        ? null
        : new Allocator
        {
            Name = name, Version = facts.Version, Path = path, Scope = InstallScope.Custom, Architecture = facts.Architecture, HeapCheck = Capability.Supported,
        };
}
