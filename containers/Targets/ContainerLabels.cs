using System.Globalization;

namespace MemTools.Containers.Targets;

/// <summary>The labels of containers that MemTools makes, by which leftovers are found.</summary>
internal static class ContainerLabels
{
    /// <summary>Run or session id.</summary>
    public const string Run = "memtools.run";

    /// <summary>Machine, process-id namespace, process id and its start time of the process that made it.</summary>
    public const string Owner = "memtools.owner";

    /// <summary>Present when the user wants the container kept.</summary>
    public const string Keep = "memtools.keep";

    /// <summary>On images: what was installed into them.</summary>
    public const string Allocator = "memtools.allocator";

    private static readonly string Here = Environment.MachineName + "/" + PidNamespace();

    /// <summary>The name of the container of a run or session.</summary>
    public static string NameOf(string run) => "memtools-" + run;

    /// <summary>This process, as an <see cref="Owner"/> value.</summary>
    public static string Self { get; } = Value(Environment.ProcessId, StartTime(Environment.ProcessId) ?? 0);

    private const string InstallPrefix = "memtools-install-";

    /// <summary>
    /// A name for a container in which something is installed. It says the owner, because a commit would hand labels on to the new image and to all its
    /// containers.
    /// </summary>
    public static string InstallName() => $"{InstallPrefix}{OwnerHash(Self)}-{Self[(Self.IndexOf('|') + 1)..].Replace('|', '-')}-{Guid.NewGuid().ToString("n")[..8]}";

    /// <summary>True for a name of <see cref="InstallName"/> whose owner was a process of this machine that is no more.</summary>
    public static bool IsAbandonedInstall(string name)
    {
        string[] parts = name.StartsWith(InstallPrefix, StringComparison.Ordinal) ? name[InstallPrefix.Length..].Split('-') : [];
        return parts.Length == 4 && parts[0] == OwnerHash(Self) && IsOwnerGone($"{Here}|{parts[1]}|{parts[2]}");
    }

    private static string OwnerHash(string owner) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(owner[..owner.IndexOf('|')])))[..12];

    /// <summary>True when the value names a process of this machine that is no more. Of other machines' processes nothing is known.</summary>
    public static bool IsOwnerGone(string owner)
    {
        string[] parts = owner.Split('|');
        return parts.Length == 3 && parts[0] == Here
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long started)
            && StartTime(pid) != started;
    }

    internal static string Value(int pid, long started) => string.Create(CultureInfo.InvariantCulture, $"{Here}|{pid}|{started}");

    private static string PidNamespace() =>
        OperatingSystem.IsLinux() && new FileInfo("/proc/self/ns/pid").LinkTarget is { } link ? link : "";

    /// <summary>Start time of a process in the system's own unit; null when there is none. Process ids are used again, pairs with it are not.</summary>
    private static long? StartTime(int pid)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var process = System.Diagnostics.Process.GetProcessById(pid);
                return process.StartTime.ToUniversalTime().Ticks;
            }

            // proc(5): field 22; the name in parentheses may hold blanks and parentheses.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }
}
