using System.Text.RegularExpressions;

namespace MemTools.Build;

/// <summary>The bounded run of tests/fuzz: every target for a few seconds with a fixed seed, each counted as one test.</summary>
internal static class FuzzSuite
{
    private const int SecondsPerTarget = 5;

    public static SuiteResult Run()
    {
        var suite = new SuiteResult("fuzz");
        var (code, output) = Shell.Capture("dotnet", ["build", Repository.InRoot("tests", "fuzz"), "-v", "quiet", "-nologo"]);
        if (code != 0)
        {
            Console.Write(output);
            suite.Fail("the fuzz runner does not build");
            return suite;
        }

        var program = Path.Combine(Repository.Artifacts, "bin", "MemTools.Fuzz", "debug", "MemTools.Fuzz");
        var kept = Path.Combine(Repository.Artifacts, "test-results", "fuzz");
        Directory.CreateDirectory(kept);
        (code, output) = Shell.Capture(
            program, ["--seconds", $"{SecondsPerTarget}", "--seed", "1", "--keep", kept], timeout: TimeSpan.FromMinutes(5));
        Console.Write(output);
        suite.Passed = Regex.Count(output, @"^\S+: .*, no failure \(seed ", RegexOptions.Multiline);
        foreach (Match failure in Regex.Matches(output, @"^(\S+): .*Exception.*$", RegexOptions.Multiline))
            suite.Fail(failure.Value);
        if (code != 0 && suite.Failed == 0)
            suite.Fail(code == 124 ? "the fuzz runner did not end within 5 minutes" : $"the fuzz runner ended with exit code {code}");
        return suite;
    }
}
