using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>Finds the program that the user named.</summary>
internal static class ProgramResolver
{
    /// <summary>
    /// The path to execute, and argv[0]. As a shell does it, argv[0] stays as typed; only a relative path together with another working directory
    /// becomes absolute, because it means the caller's directory.
    /// </summary>
    /// <exception cref="MemToolsException">ProgramNotFound.</exception>
    public static (string Path, string Argument0) Resolve(LaunchRequest request, ITarget target)
    {
        string name = request.FilePath;
        if (name.Length == 0)
        {
            throw new MemToolsException(
                "ProgramNotFound", MemToolsErrorCategory.InvalidArgument, "The program's name is empty.", name, "Name a program.");
        }
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            string found = target.FindProgram(name) ?? throw new MemToolsException(
                "ProgramNotFound", MemToolsErrorCategory.ObjectNotFound, $"There is no program '{name}' in PATH.", name,
                target is LocalTarget && File.Exists(name) ? $"For the file in this directory write ./{name}." : "Name it by its path, or add its folder to PATH.");
            return (found, name);
        }
        if (name[0] == '/' || target is not LocalTarget)
            return (name, name);
        string full = System.IO.Path.GetFullPath(name);
        return (full, request.WorkingDirectory is null ? name : full);
    }
}
