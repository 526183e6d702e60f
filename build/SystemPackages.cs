namespace MemTools.Build;

/// <summary>
/// The tools that integration tests run (engines, allocators, a compiler): listed in tests/packages.txt and installed by the system's package
/// manager where that is allowed without asking anybody.
/// </summary>
internal static class SystemPackages
{
    public static void Provide()
    {
        var wanted = File.ReadAllLines(Repository.InRoot("tests", "packages.txt"))
            .Select(line => line.Split('#')[0].Trim()).Where(name => name.Length > 0).ToArray();
        if (Shell.Find("apt-get") is null || Shell.Find("dpkg-query") is null)
        {
            Console.WriteLine($"packages: not installed, as there is no apt-get here; tests whose tool is missing are skipped ({string.Join(' ', wanted)})");
            return;
        }

        var missing = Missing(wanted);
        if (missing.Length == 0)
            return;
        string[] sudo = Environment.IsPrivilegedProcess ? [] : Shell.Find("sudo") is not null && Shell.Capture("sudo", ["-n", "true"]).ExitCode == 0 ? ["sudo", "-n"] : ["no"];
        if (sudo is ["no"])
        {
            Console.WriteLine($"packages: not installed, as that needs root or sudo without a password; tests whose tool is missing are skipped ({string.Join(' ', missing)})");
            return;
        }

        Console.WriteLine($"packages: installing {string.Join(' ', missing)}");
        if (!Install(sudo, missing))
        {
            // A package that this release does not have must not keep the others away.
            foreach (var name in missing.Where(name => !Install(sudo, [name])))
                Console.WriteLine($"packages: {name} could not be installed; tests that need it are skipped");
        }
    }

    private static string[] Missing(string[] wanted)
    {
        var (_, output) = Shell.Capture("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", .. wanted]);
        var present = output.Split('\n').Where(line => line.EndsWith(" installed", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).ToHashSet();
        // A command of the package's own name will do, wherever it comes from: another distribution of Node.js, for one, brings npm and conflicts with the package.
        return [.. wanted.Where(name => !present.Contains(name) && Shell.Find(name) is null)];
    }

    private static bool _updated;

    private static bool Install(string[] sudo, string[] names)
    {
        string[] environment = ["env", "DEBIAN_FRONTEND=noninteractive"];
        string[] options = ["-o", "DPkg::Lock::Timeout=300", "-q", "-y"];
        if (!_updated)
        {
            _updated = true;
            Run(sudo, [.. environment, "apt-get", .. options, "update"]);
        }

        return Run(sudo, [.. environment, "apt-get", .. options, "install", "--no-install-recommends", .. names]) == 0;
    }

    private static int Run(string[] sudo, string[] command)
    {
        string[] whole = [.. sudo, .. command];
        var (code, output) = Shell.Capture(whole[0], whole[1..]);
        if (code != 0)
            Console.WriteLine(string.Join('\n', output.Trim().Split('\n').TakeLast(3)));
        return code;
    }
}
