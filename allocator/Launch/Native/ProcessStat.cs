using System.Globalization;
using System.Text;

namespace MemTools.Allocators.Launch.Native;

/// <summary>What /proc/PID/stat tells (man 5 proc_pid_stat).</summary>
/// <param name="Name">Command name, at most 15 bytes.</param>
/// <param name="State">R, S, D, Z, T, …</param>
/// <param name="Parent">Parent's id.</param>
/// <param name="StartTicks">Clock ticks from boot to its start; with the id it names a process for good.</param>
internal readonly record struct ProcessStat(string Name, char State, int Parent, long StartTicks)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Read(int pid)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat");
        // A process that is gone is no exception: a short program has often ended before it is looked at, and a throw costs milliseconds.
        if (!File.Exists(path))
            return null;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // The name may hold blanks and parentheses: fields begin after the last one.
        string text = Encoding.UTF8.GetString(bytes);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        int close = text.LastIndexOf(')');
        if (open < 0 || close < open)
            return null;
        string[] fields = text[(close + 2)..].Split(' ');
        return fields.Length < 20
            ? null
            : new ProcessStat(
                text[(open + 1)..close], fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture));
    }

    /// <summary>Peak resident bytes of this process (VmHWM).</summary>
    public static long OwnPeakResident()
    {
        const string field = "VmHWM:";
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
                return long.Parse(line.AsSpan(field.Length, line.Length - field.Length - 2).Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        return 0;
    }
}
