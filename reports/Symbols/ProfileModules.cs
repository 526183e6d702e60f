using MemTools.Reports.Model;

namespace MemTools.Reports.Symbols;

/// <summary>The files behind a profile's mappings, and which file on this machine stands for each.</summary>
internal sealed class ProfileModules
{
    private readonly Profile profile;
    private readonly SymbolizeOptions options;
    private readonly string? mainProgram;

    public ProfileModules(Profile profile, SymbolizeOptions options)
    {
        this.profile = profile;
        this.options = options;
        mainProgram = FindMainProgram(profile);
        Paths = [.. profile.Mappings.Where(m => IsFile(m.Path)).Select(m => m.Path).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Paths of distinct files, in the order they were mapped.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>True for what names a file: not anonymous memory, not <c>[vdso]</c>, <c>[heap]</c>, <c>//anon</c>.</summary>
    public static bool IsFile(string path) =>
        path.Length > 0 && path[0] == '/' && !path.StartsWith("//", StringComparison.Ordinal) && path != "/dev/zero"
        && !path.StartsWith("/memfd:", StringComparison.Ordinal) && !path.StartsWith("/anon_hugepage", StringComparison.Ordinal)
        && !path.StartsWith("/SYSV", StringComparison.Ordinal) && !path.StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>The file the user gave for a module; null when none.</summary>
    public string? Given(string path)
    {
        string name = Path.GetFileName(path);
        foreach (string binary in options.BinaryPaths)
        {
            if (Path.GetFileName(binary) == name)
                return binary;
        }

        bool anyMatches = options.BinaryPaths.Any(b => Paths.Any(p => Path.GetFileName(p) == Path.GetFileName(b)));
        return options.BinaryPaths.Count == 1 && !anyMatches && path == mainProgram ? options.BinaryPaths[0] : null;
    }

    /// <summary>Where in the user's symbol folders a copy of the module itself may be, for modules that are gone from their path.</summary>
    public IEnumerable<string> Copies(string path)
    {
        string name = Path.GetFileName(path);
        foreach (string root in options.SymbolPaths)
        {
            yield return root + path;
            yield return Path.Combine(root, name);
        }
    }

    /// <summary>Mappings of a file.</summary>
    public IEnumerable<Mapping> MappingsOf(string path) => profile.Mappings.Where(m => m.Path == path);

    private static string? FindMainProgram(Profile profile)
    {
        // The program is mapped below its libraries; one whose name says library is none.
        foreach (Mapping m in profile.Mappings)
        {
            if (IsFile(m.Path) && m.IsExecutable && !Path.GetFileName(m.Path).Contains(".so", StringComparison.Ordinal))
                return m.Path;
        }

        return null;
    }
}
