using System.Diagnostics;

namespace MemTools.Bench.Launch;

/// <summary>The time of Import-Module in a fresh PowerShell, measured inside it.</summary>
internal static class Pwsh
{
    public static void Measure(string root, int rounds)
    {
        var module = Path.Combine(root, "out", "MemTools", "MemTools.psd1");
        var times = new List<double>();
        try
        {
            for (var i = 0; i < rounds; i++)
                times.Add(Once(module));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine("Import-Module: not measured, as there is no pwsh");
            return;
        }

        Console.WriteLine($"Import-Module MemTools: {times.Order().ElementAt(times.Count / 2):0.0} ({times.Min():0.0})");
    }

    private static double Once(string module)
    {
        var script = $"'{{0:0.0}}' -f (Measure-Command {{ Import-Module '{module}' }}).TotalMilliseconds";
        using var process = Process.Start(new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-Command", script]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
