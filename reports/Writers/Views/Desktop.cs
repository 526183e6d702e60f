using System.ComponentModel;
using System.Diagnostics;

namespace MemTools.Reports.Writers.Views;

/// <summary>The user's desktop, where there is one.</summary>
public static class Desktop
{
    /// <summary>Opens a file with the program the user chose for its kind; false where no desktop can.</summary>
    public static bool Open(string path)
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("DISPLAY") is null or "" && Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is null or "")
            return false;
        try
        {
            var start = new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open") { UseShellExecute = false };
            start.ArgumentList.Add(path);
            using var process = Process.Start(start);
            return process is not null;
        }
        catch (Win32Exception)
        {
            return false; // no xdg-open: the caller prints the path
        }
    }
}
