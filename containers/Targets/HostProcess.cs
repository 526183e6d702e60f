using System.Runtime.InteropServices;
using MemTools.Containers.Engine;

namespace MemTools.Containers.Targets;

/// <summary>A container's process seen from the engine's machine, when that is this one: the only way to signal a command where the container has no shell.</summary>
internal static partial class HostProcess
{
    /// <summary>Sends a signal; false when the process cannot be seen or signalled from here.</summary>
    /// <param name="endpoint">The engine.</param>
    /// <param name="container">The container that the process must belong to.</param>
    /// <param name="pid">Process id as the engine says it.</param>
    /// <param name="signal">Signal number.</param>
    public static bool TrySignal(EngineEndpoint endpoint, string container, int pid, int signal)
    {
        if (!OperatingSystem.IsLinux() || endpoint.Transport != EngineTransport.UnixSocket || pid <= 1)
            return false;
        try
        {
            // A socket may be forwarded from another machine: the control group must name the container.
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains(container, StringComparison.Ordinal) && Kill(pid, signal) == 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
