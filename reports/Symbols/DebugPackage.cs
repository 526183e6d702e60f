using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace MemTools.Reports.Symbols;

/// <summary>
/// Which package of this machine's distribution would bring a module's debug information, from the package manager's own records: no network, and no
/// look-up before somebody reads the answer.
/// </summary>
internal static class DebugPackage
{
    private const string DpkgLists = "/var/lib/dpkg/info";

    private static readonly Lazy<List<(string Package, byte[] Files)>> s_debian = new(() => ReadLists(DpkgLists));

    /// <summary>The package's name; null when no package owns the module or the distribution has no such records.</summary>
    public static string? Find(string module) =>
        Directory.Exists(DpkgLists) ? Debian(module, s_debian.Value) : File.Exists("/usr/bin/rpm") ? Rpm(module) : null;

    /// <summary>dpkg keeps a list of files for each package, <c>NAME.list</c> or <c>NAME:ARCHITECTURE.list</c>.</summary>
    public static List<(string Package, byte[] Files)> ReadLists(string folder)
    {
        var result = new List<(string, byte[])>();
        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.list"))
                result.Add((Path.GetFileNameWithoutExtension(path).Split(':')[0], File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Half the records are no reason to say nothing.
        }

        return result;
    }

    /// <summary>Debian's automatic debug packages are called PACKAGE-dbgsym; libc's is made by hand.</summary>
    public static string? Debian(string module, List<(string Package, byte[] Files)> lists)
    {
        // With a merged /usr a file has two paths, and dpkg knows one of them.
        string other = module.StartsWith("/usr/", StringComparison.Ordinal) ? module[4..] : "/usr" + module;
        byte[] first = Encoding.UTF8.GetBytes($"\n{module}\n"), second = Encoding.UTF8.GetBytes($"\n{other}\n");
        foreach ((string package, byte[] files) in lists)
        {
            if (files.AsSpan().IndexOf(first) >= 0 || files.AsSpan().IndexOf(second) >= 0)
                return package == "libc6" ? "libc6-dbg" : package + "-dbgsym";
        }

        return null;
    }

    /// <summary>Fedora's and RHEL's are called PACKAGE-debuginfo.</summary>
    private static string? Rpm(string module)
    {
        try
        {
            using var rpm = Process.Start(new ProcessStartInfo("/usr/bin/rpm", ["-qf", "--qf", "%{NAME}\n", "--", module]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string name = rpm.StandardOutput.ReadToEnd();
            rpm.WaitForExit();
            return rpm.ExitCode == 0 && name.IndexOf('\n') is > 0 and var end ? name[..end] + "-debuginfo" : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            return null;
        }
    }
}
