using System.Text.Json;

namespace MemTools.Build;

/// <summary>The module's Pester suites in tests/module, run by the PowerShell that is on the machine.</summary>
internal static class PesterSuite
{
    private static readonly Version NeededPowerShell = new(7, 6);

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    public static SuiteResult Run()
    {
        var suite = new SuiteResult("module");
        if (Missing() is { } reason)
        {
            suite.Skip(reason);
            return suite;
        }

        var results = Path.Combine(Repository.Artifacts, "test-results", "module.json");
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        File.Delete(results);
        var code = Shell.Run(
            "pwsh", ["-NoProfile", "-NonInteractive", "-File", Repository.InRoot("tests", "module", "Invoke-Tests.ps1"), "-ResultPath", results],
            environment: Environment, timeout: Timeout);
        if (!File.Exists(results))
        {
            suite.Fail(code == 124 ? $"the suites did not end within {Timeout.TotalMinutes:0} minutes" : $"Pester gave no results (exit code {code})");
            return suite;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(results));
        var root = document.RootElement;
        suite.Passed = root.GetProperty("passed").GetInt32();
        foreach (var failure in root.GetProperty("failed").EnumerateArray())
            suite.Fail(failure.GetString() ?? "?");
        foreach (var skip in root.GetProperty("skipped").EnumerateArray())
            suite.Skip(skip.GetString() ?? "no reason given");
        return suite;
    }

    private static Dictionary<string, string?> Environment { get; } = new() { ["POWERSHELL_TELEMETRY_OPTOUT"] = "1", ["NO_COLOR"] = "1" };

    private static string? Missing()
    {
        if (Shell.Find("pwsh") is null)
            return "the module's Pester suites need PowerShell (pwsh) 7.6 or later, which is not on this machine";
        var (code, output) = Shell.Capture(
            "pwsh",
            ["-NoProfile", "-NonInteractive", "-Command", "\"$($PSVersionTable.PSVersion);$((Get-Module -ListAvailable Pester | Where-Object Version -ge ([version]'5.0')).Count)\""],
            environment: Environment, timeout: TimeSpan.FromMinutes(1));
        var parts = output.Trim().Split(';');
        if (code != 0 || parts.Length != 2 || !Version.TryParse(parts[0].Split('-')[0], out var version))
            return $"the module's Pester suites need a pwsh that runs; this one says: {output.Trim().Split('\n')[0]}";
        if (version < NeededPowerShell)
            return $"the module's Pester suites need PowerShell 7.6 or later; pwsh is {version}";
        return parts[1] == "0" ? "the module's Pester suites need Pester 5 or later, which this PowerShell does not have" : null;
    }
}
