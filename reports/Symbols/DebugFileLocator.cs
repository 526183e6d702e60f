using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Finds the separate debug file of a module, in the order of gdb: by build-id, then by the debug link's name beside the module, in its
/// <c>.debug</c> folder, and below the global debug folders. A file found by name counts only if its build-id, or else its CRC, is right.
/// </summary>
internal sealed class DebugFileLocator(IReadOnlyList<string> symbolPaths, IFileSource files, CancellationToken cancellation)
{
    private const string GlobalFolder = "/usr/lib/debug";

    /// <summary>Files that were there but belong to another build, as text for a warning.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>A file with debug information (or at least a symbol table) for the module; null when none was found.</summary>
    public ElfFile? Find(ElfFile module, string recordedPath)
    {
        string? buildId = module.BuildId;
        ElfDebugLink? link = module.DebugLink;
        foreach ((string path, bool local) in Candidates(buildId, link, recordedPath, module.Path))
        {
            string? fetched = local ? File.Exists(path) ? path : null : files.Fetch(path, cancellation);
            if (fetched is null || Path.GetFullPath(fetched) == Path.GetFullPath(module.Path))
                continue;
            if (ElfFile.TryOpen(fetched, out _) is not { } elf)
                continue;
            if (Matches(elf, buildId, link) && HasSymbols(elf))
                return elf;
            if (!Matches(elf, buildId, link))
                Refused.Add($"{path} has build-id {elf.BuildId ?? "none"}, {recordedPath} has {buildId ?? "none"}");
            elf.Dispose();
        }

        return null;
    }

    /// <summary>The supplementary file (dwz) that a debug file names.</summary>
    public ElfFile? FindSupplementary(ElfFile debugFile)
    {
        if (debugFile.DebugAltLink is not { } link)
            return null;
        string folder = Path.GetDirectoryName(Path.GetFullPath(debugFile.Path)) ?? "/";
        var candidates = new List<string> { Path.IsPathRooted(link.FileName) ? link.FileName : Path.GetFullPath(Path.Combine(folder, link.FileName)) };
        foreach (string root in symbolPaths)
            candidates.AddRange([BuildIdPath(root + "/.build-id", link.BuildId), $"{root}/.dwz/{Path.GetFileName(link.FileName)}", $"{root}/{Path.GetFileName(link.FileName)}"]);
        candidates.AddRange([BuildIdPath(GlobalFolder + "/.build-id", link.BuildId), $"{GlobalFolder}/.dwz/{Path.GetFileName(link.FileName)}"]);
        foreach (string path in candidates)
        {
            string? found = File.Exists(path) ? path : files.Fetch(path, cancellation);
            if (found is null || ElfFile.TryOpen(found, out _) is not { } elf)
                continue;
            if (link.BuildId.Length == 0 || elf.BuildId == link.BuildId)
                return elf;
            elf.Dispose();
        }

        return null;
    }

    /// <summary>What a user would have to install or give, for a message.</summary>
    public static string Describe(ElfFile module, string recordedPath) =>
        module.BuildId is { } id
            ? $"debug information with build-id {id} (for example {BuildIdPath(GlobalFolder + "/.build-id", id)})"
            : module.DebugLink is { } link ? $"the debug file {link.FileName}" : $"debug information in {Path.GetFileName(recordedPath)} (compile with -g)";

    private static string BuildIdPath(string root, string id) => id.Length < 3 ? $"{root}/{id}.debug" : $"{root}/{id[..2]}/{id[2..]}.debug";

    private IEnumerable<(string Path, bool Local)> Candidates(string? buildId, ElfDebugLink? link, string recordedPath, string ownPath)
    {
        string name = Path.GetFileName(recordedPath), folder = Path.GetDirectoryName(recordedPath) ?? "/";
        foreach (string root in symbolPaths)
        {
            if (buildId is { Length: > 2 })
            {
                yield return (BuildIdPath(root + "/.build-id", buildId), true);
                yield return (BuildIdPath(root, buildId), true);
                yield return ($"{root}/{buildId}.debug", true);
                yield return ($"{root}/{buildId}/debuginfo", true);
            }

            if (link is { } l)
            {
                yield return ($"{root}/{l.FileName}", true);
                yield return ($"{root}{folder}/{l.FileName}", true);
            }

            yield return ($"{root}/{name}.debug", true);
            yield return ($"{root}/{name}", true);
            yield return ($"{root}{recordedPath}.debug", true);
            yield return ($"{root}{recordedPath}", true);
        }

        if (buildId is { Length: > 2 })
            yield return (BuildIdPath(GlobalFolder + "/.build-id", buildId), false);
        if (link is { } d)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(ownPath)) is { } own && own != folder)
            {
                // A binary given by the user lies elsewhere than it ran, and its debug file beside it.
                yield return ($"{own}/{d.FileName}", true);
                yield return ($"{own}/.debug/{d.FileName}", true);
            }

            yield return ($"{folder}/{d.FileName}", false);
            yield return ($"{folder}/.debug/{d.FileName}", false);
            yield return ($"{GlobalFolder}{folder}/{d.FileName}", false);
        }

        yield return ($"{GlobalFolder}{recordedPath}.debug", false);
        yield return ($"{GlobalFolder}{recordedPath}", false);
    }

    private static bool HasSymbols(ElfFile elf) =>
        Dwarf.DwarfFile.HasDwarf(elf) || elf.FindSection(ElfSectionType.SymbolTable) is { HasData: true };

    private static bool Matches(ElfFile candidate, string? buildId, ElfDebugLink? link)
    {
        if (candidate.BuildId is { } id && buildId is not null)
            return id == buildId;
        return link is { } l && Crc32.Compute(candidate.File.Slice(0, (ulong)candidate.Length)) == l.Crc;
    }
}
