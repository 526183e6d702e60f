using MemTools.Allocators;

namespace MemTools.Containers.Targets;

/// <summary>Names in a directory, by the container's own shell: nothing but built-ins, so that no <c>ls</c> is needed.</summary>
internal static class DirectoryListing
{
    private const string Script = "cd \"$1\" 2>/dev/null || exit 3; for f in * .[!.]* ..?*; do if [ -e \"$f\" ] || [ -L \"$f\" ]; then printf '%s\\0' \"$f\"; fi; done";

    /// <summary>Null when the shell cannot tell: no shell, or a directory that it may not enter.</summary>
    public static async Task<string[]?> ByShellAsync(ContainerShell shell, string directory, CancellationToken cancellation)
    {
        if (!shell.HasShell)
            return null;
        CommandResult result = await shell.RunAsync("/bin/sh", new CommandRequest("/bin/sh", ["-c", Script, "sh", directory]), cancellation);
        return result.ExitCode == 0 ? result.StandardOutput.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
    }
}
