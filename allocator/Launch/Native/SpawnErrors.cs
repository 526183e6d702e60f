using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch.Native;

/// <summary>Says why a program could not be started.</summary>
internal static class SpawnErrors
{
    public static MemToolsException ToMemToolsException(SpawnException e, ProcessStart start)
    {
        string path = start.FilePath;
        if (e.IsDirectory || start.WorkingDirectory is { } directory && !Directory.Exists(directory))
        {
            return new MemToolsException(
                "WorkingDirectoryNotFound", MemToolsErrorCategory.ObjectNotFound,
                $"The working directory '{start.WorkingDirectory}' cannot be entered: {e.Message}.", start.WorkingDirectory,
                "Name a directory that exists and may be entered.", e);
        }
        if (start.StandardInputPath is { } input && !File.Exists(input) && input != "/dev/null")
        {
            return new MemToolsException(
                "StandardInputNotFound", MemToolsErrorCategory.ObjectNotFound, $"The file for standard input '{input}' is not there.", input,
                "Name a file that exists.", e);
        }
        return e.Error switch
        {
            Libc.ENOENT when !File.Exists(path) => new MemToolsException(
                "ProgramNotFound", MemToolsErrorCategory.ObjectNotFound, $"The program '{path}' is not there.", path,
                "Check the path; a name without a slash is looked up in PATH.", e),
            Libc.ENOENT => new MemToolsException(
                "InterpreterNotFound", MemToolsErrorCategory.ObjectNotFound,
                $"The program '{path}' is there, but the interpreter or dynamic loader that it names is not.", path,
                "Install that interpreter (for a program built for musl: the musl package), or use a build for this system.", e),
            Libc.EACCES => new MemToolsException(
                "ProgramNotExecutable", MemToolsErrorCategory.PermissionDenied, $"The program '{path}' may not be executed.", path,
                "chmod +x the file, and check that its file system is not mounted noexec.", e),
            Libc.ENOEXEC or Libc.ELIBBAD => new MemToolsException(
                "ProgramFormatUnknown", MemToolsErrorCategory.InvalidData,
                $"The kernel cannot execute '{path}': it is no program for this machine and names no interpreter.", path,
                "For a script without a '#!' line name its interpreter: memtools run -- sh script.", e),
            Libc.E2BIG => new MemToolsException(
                "ArgumentListTooLong", MemToolsErrorCategory.InvalidArgument, "Arguments and environment together are longer than the kernel takes.",
                path, "Pass long lists in a file.", e),
            _ => new MemToolsException(
                "LaunchFailed", MemToolsErrorCategory.ResourceUnavailable, $"The program '{path}' cannot be started: {e.Message}.", path,
                "See the message; it is the kernel's.", e),
        };
    }
}
