using System.Management.Automation;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Turns PowerShell paths into paths of this machine's file system.</summary>
internal sealed class PathResolver(PSCmdlet cmdlet)
{
    /// <summary>The current folder of the session, which is not the process's.</summary>
    public string CurrentDirectory => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>All files that wildcard patterns match. A pattern without wildcard that matches nothing is an error.</summary>
    public IEnumerable<string> Expand(IEnumerable<string> patterns) => patterns.SelectMany(Expand);

    /// <summary>One existing path, taken as it is written.</summary>
    public string Literal(string path)
    {
        var full = Unresolved(path);
        return File.Exists(full) || Directory.Exists(full) ? full : throw NotFound(path);
    }

    /// <summary>A path that need not exist, taken as it is written.</summary>
    public string Unresolved(string path)
    {
        var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        RequireFileSystem(path, provider);
        return full;
    }

    /// <summary>A program as the user wrote it: a name without a slash stays one (looked up in PATH), all else is a path.</summary>
    public string Program(string path) => path.Contains('/', StringComparison.Ordinal) || path.StartsWith('~') ? Unresolved(path) : path;

    private List<string> Expand(string pattern)
    {
        try
        {
            var found = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out var provider);
            RequireFileSystem(pattern, provider);
            return [.. found];
        }
        catch (ItemNotFoundException)
        {
            throw NotFound(pattern);
        }
    }

    private static MemToolsException NotFound(string path) =>
        new("PathNotFound", MemToolsErrorCategory.ObjectNotFound, $"Cannot find path '{path}' because it does not exist.", path,
            "Check the spelling; -Path takes wildcards, -LiteralPath takes names with [ or * as they are.");

    private static void RequireFileSystem(string path, ProviderInfo provider)
    {
        if (!string.Equals(provider.Name, "FileSystem", StringComparison.OrdinalIgnoreCase))
            throw new MemToolsException("PathNotFileSystem", MemToolsErrorCategory.InvalidArgument,
                $"'{path}' is a path of the {provider.Name} provider, not of the file system.", path,
                "Name a file, for example ./report.heap.");
    }
}
