using MemTools.Allocators.Launch.Native;

namespace MemTools.Allocators.Launch;

/// <summary>Names one process for good: ids are used again, so its start time, the boot and the pid namespace go with it.</summary>
/// <param name="ProcessId">Id in its namespace.</param>
/// <param name="StartTicks">Field 22 of /proc/PID/stat.</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id.</param>
/// <param name="PidNamespace">Target of /proc/self/ns/pid.</param>
internal sealed record ProcessIdentity(int ProcessId, long StartTicks, string BootId, string PidNamespace)
{
    private static readonly Lazy<string> Boot = new(static () => ReadBootId());
    private static readonly Lazy<string> Namespace = new(static () => new FileInfo("/proc/self/ns/pid").LinkTarget ?? "");

    /// <summary>This process.</summary>
    public static ProcessIdentity Self => Of(Environment.ProcessId)!;

    /// <summary>The process that has the id now; null when there is none.</summary>
    public static ProcessIdentity? Of(int pid) =>
        ProcessStat.Read(pid) is { } stat ? new ProcessIdentity(pid, stat.StartTicks, Boot.Value, Namespace.Value) : null;

    /// <summary>True while it runs; null when it cannot be seen from here (another pid namespace of this boot).</summary>
    public bool? IsAlive()
    {
        if (BootId != Boot.Value)
            return false;
        if (PidNamespace != Namespace.Value)
            return null;
        return ProcessStat.Read(ProcessId) is { } stat && stat.StartTicks == StartTicks && stat.State is not ('Z' or 'X');
    }

    private static string ReadBootId()
    {
        const string path = "/proc/sys/kernel/random/boot_id";
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }
}
