using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MemTools.Bench.Leaks;

/// <summary>What a process used.</summary>
/// <param name="Cpu">User and system seconds.</param>
/// <param name="Wall">Seconds.</param>
/// <param name="Megabytes">Largest resident size.</param>
internal readonly record struct Usage(double Cpu, double Wall, double Megabytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cpu,6:0.00} ({Wall,6:0.00}) {Megabytes,6:0} MB");
}

/// <summary>Runs a program to its end, its output thrown away.</summary>
internal static class Measured
{
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static Usage Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec timeout 120 \"$0\" \"$@\" > /dev/null", program, .. arguments]);
        Rusage before = Children();
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        double peak = 0;
        // The kernel only tells the largest of all children so far: the peak of this one is read while it runs.
        while (!process.WaitForExit(20))
            peak = Math.Max(peak, Peak(process.Id));
        double wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Rusage after = Children();
        return process.ExitCode == 0
            ? new Usage(after.Seconds - before.Seconds, wall, peak)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    /// <summary>Of the child of timeout(1).</summary>
    private static double Peak(int timeout)
    {
        try
        {
            string child = File.ReadAllText($"/proc/{timeout}/task/{timeout}/children").Trim();
            string line = File.ReadLines($"/proc/{child}/status").FirstOrDefault(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) ?? "";
            return line.Length > 0 ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6 : 0;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return 0;
        }
    }

    private static unsafe Rusage Children()
    {
        Rusage usage;
        return getrusage(-1, &usage) == 0 ? usage : default;
    }

    [DllImport("libc")]
    private static extern unsafe int getrusage(int who, Rusage* usage);

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Rusage
    {
        private readonly long userSeconds;
        private readonly long userMicroseconds;
        private readonly long systemSeconds;
        private readonly long systemMicroseconds;

        public readonly double Seconds => userSeconds + systemSeconds + ((userMicroseconds + systemMicroseconds) / 1e6);
    }
}
