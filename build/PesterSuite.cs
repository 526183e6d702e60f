using System.Text.Json;

namespace MemTools.Build;

/// <summary>The module's Pester suites in tests/module, run by a real PowerShell and Pester.</summary>
internal static class PesterSuite
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(15);

    public static SuiteResult Run()
    {
        var suite = new SuiteResult("module");
        if (PowerShellTools.Provide() is { } reason)
        {
            suite.Skip(reason);
            return suite;
        }

        var results = Path.Combine(Repository.Artifacts, "test-results", "module.json");
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        File.Delete(results);
        var code = Shell.Run(
            PowerShellTools.Program, ["-NoProfile", "-NonInteractive", "-File", Repository.InRoot("tests", "module", "Invoke-Tests.ps1"), "-ResultPath", results],
            environment: PowerShellTools.Environment, timeout: Timeout);
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
}
