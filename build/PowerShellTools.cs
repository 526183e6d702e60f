namespace MemTools.Build;

/// <summary>
/// PowerShell and Pester for the module's suites: the pwsh on PATH where it is new enough, else PowerShell as a .NET tool; Pester 5 and 6 as packages.
/// What has to be fetched goes to artifacts/tools.
/// </summary>
internal static class PowerShellTools
{
    /// <summary>PowerShell of .NET 10; taken where the machine has none.</summary>
    private const string PowerShellVersion = "7.6.9";

    private static readonly Version Needed = new(7, 6);

    private static readonly string Folder = Path.Combine(Repository.Artifacts, "tools");

    private static readonly string Modules = Path.Combine(Folder, "modules");

    /// <summary>The variables under which <c>pwsh</c> and <c>Import-Module Pester</c> find them.</summary>
    public static Dictionary<string, string?> Environment { get; } = new() { ["POWERSHELL_TELEMETRY_OPTOUT"] = "1", ["NO_COLOR"] = "1" };

    /// <summary>Makes both ready; returns why the suites cannot run, or null.</summary>
    public static string? Provide()
    {
        LayPester();
        var found = Check("pwsh", out var problem);
        if (!found)
        {
            var tool = Path.Combine(Folder, "powershell");
            if (!File.Exists(Path.Combine(tool, "pwsh")))
            {
                Console.WriteLine($"packages: installing PowerShell {PowerShellVersion} as a .NET tool, for the module's suites");
                var (code, output) = Shell.Capture(
                    "dotnet", ["tool", "install", "PowerShell", "--version", PowerShellVersion, "--tool-path", tool], timeout: TimeSpan.FromMinutes(5));
                if (code != 0)
                    return $"{problem}; it could not be installed as a .NET tool either: {output.Trim().Split('\n')[0]}";
            }

            Environment["PATH"] = $"{tool}:{System.Environment.GetEnvironmentVariable("PATH")}";
            // The tool's starter looks for .NET in the usual places only.
            if (System.Environment.GetEnvironmentVariable("DOTNET_ROOT") is null && System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { } host)
                Environment["DOTNET_ROOT"] = Path.GetDirectoryName(host);
            if (!Check(Path.Combine(tool, "pwsh"), out problem))
                return problem;
        }

        return HasPester() ? null : "the module's Pester suites need Pester 5 or later, which could not be had";
    }

    /// <summary>The pwsh that <see cref="Provide"/> found or installed.</summary>
    public static string Program =>
        Environment.ContainsKey("PATH") ? Path.Combine(Folder, "powershell", "pwsh") : "pwsh";

    private static void LayPester()
    {
        if (!Directory.Exists(Path.Combine(Modules, "Pester")))
        {
            var (code, output) = Shell.Capture(
                "dotnet", ["msbuild", Repository.InRoot("tests", "module", "Pester.proj"), "-restore", "-nologo", "-v:quiet", "-t:Lay", $"-p:Into={Modules}/Pester/"],
                timeout: TimeSpan.FromMinutes(5));
            if (code != 0)
                Console.WriteLine("packages: Pester could not be had from NuGet: " + output.Trim().Split('\n')[0]);
        }

        if (Directory.Exists(Modules))
            Environment["PSModulePath"] = string.Join(':', new[] { Modules, System.Environment.GetEnvironmentVariable("PSModulePath") }.Where(path => !string.IsNullOrEmpty(path)));
    }

    private static bool Check(string program, out string? problem)
    {
        var (code, output) = Shell.Capture(
            program, ["-NoProfile", "-NonInteractive", "-Command", "\"$($PSVersionTable.PSVersion)\""], environment: Environment, timeout: TimeSpan.FromMinutes(1));
        problem = code == 127 ? "the module's Pester suites need PowerShell (pwsh) 7.6 or later, which is not on this machine"
            : code != 0 || !Version.TryParse(output.Trim().Split('-')[0], out var version)
                ? $"the module's Pester suites need a pwsh that runs; this one says: {output.Trim().Split('\n')[0]}"
            : version < Needed ? $"the module's Pester suites need PowerShell 7.6 or later; pwsh is {version}"
            : null;
        return problem is null;
    }

    private static bool HasPester() => Shell.Capture(
        Program,
        ["-NoProfile", "-NonInteractive", "-Command", "exit [int](-not (Get-Module -ListAvailable Pester | Where-Object Version -ge ([version]'5.0')))"],
        environment: Environment, timeout: TimeSpan.FromMinutes(1)).ExitCode == 0;
}
