using System.Text.RegularExpressions;

namespace MemTools.Build;

/// <summary>The tests of the Html view's page in tests/browser: Node.js' test runner with Debian's chromium.</summary>
internal static partial class BrowserSuite
{
    private const int NeededNode = 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    public static SuiteResult Run()
    {
        var suite = new SuiteResult("browser");
        var folder = Repository.InRoot("tests", "browser");
        if (Shell.Find("npm") is null || Shell.Find("node") is null)
        {
            suite.Skip("the page's tests need Node.js with npm");
            return suite;
        }

        var version = Shell.Capture("node", ["--version"]).Output.Trim();
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], out var major) || major < NeededNode)
        {
            suite.Skip($"the page's tests need Node.js {NeededNode} or later, as Playwright does; node is {version}");
            return suite;
        }

        if (!File.Exists(Repository.InRoot("reports", "viewer", "dist", "viewer.js")))
        {
            suite.Skip("the page's tests need the viewer, which this build lacks");
            return suite;
        }

        var (installed, messages) = Shell.Capture("npm", ["ci", "--no-audit", "--no-fund"], folder, timeout: TimeSpan.FromMinutes(3));
        if (installed != 0)
        {
            suite.Skip("npm could not install the page's test packages: " + messages.Trim().Split('\n')[^1]);
            return suite;
        }

        var (code, output) = Shell.Capture("node", ["--test", "--test-reporter=tap"], folder, timeout: Timeout);
        foreach (Match line in TapLine().Matches(output))
        {
            var name = line.Groups["name"].Value;
            if (line.Groups["skip"].Success)
                suite.Skip(line.Groups["skip"].Value.Trim());
            else if (line.Groups["not"].Success)
                suite.Fail(name);
            else
                suite.Passed++;
        }

        if (suite.Failed > 0 || suite.Passed + suite.Skipped == 0)
            Console.WriteLine(output);
        if (suite.Passed + suite.Failed + suite.Skipped == 0)
            suite.Fail(code == 124 ? $"the tests did not end within {Timeout.TotalMinutes:0} minutes" : $"node gave no results (exit code {code})");
        return suite;
    }

    /// <summary>A test inside a suite, or a whole suite that was skipped.</summary>
    [GeneratedRegex(@"^(?: {4}|(?=(?:not )?ok \d+ - .*# SKIP))(?<not>not )?ok \d+ - (?<name>[^#\n]*)(?:# SKIP(?<skip>[^\n]*))?$", RegexOptions.Multiline)]
    private static partial Regex TapLine();
}
