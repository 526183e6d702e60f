using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>Looks programs up in a container's PATH.</summary>
internal static class ProgramPath
{
    public static string? Find(string name, string path, Func<string, bool> isExecutable)
    {
        foreach (string directory in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = directory.TrimEnd('/') + "/" + name;
            if (candidate.StartsWith('/') && isExecutable(candidate))
                return candidate;
        }

        return null;
    }

    /// <exception cref="MemToolsException">CommandNotFound.</exception>
    public static string Require(string name, Func<string, string?> find, string target) => name.Contains('/', StringComparison.Ordinal) ? name
        : find(name) ?? throw new MemToolsException(
            "CommandNotFound", MemToolsErrorCategory.ObjectNotFound, $"The command '{name}' is not in PATH of {target}.", name,
            $"Install the package that holds '{name}' there, or use another image.");
}
