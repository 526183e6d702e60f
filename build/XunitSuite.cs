using System.Xml.Linq;

namespace MemTools.Build;

/// <summary>A test project of tests/NAME: an executable with xunit's own runner, whose XML result is counted.</summary>
internal static class XunitSuite
{
    public static SuiteResult Run(string name, TimeSpan timeout)
    {
        var suite = new SuiteResult(name);
        var project = Directory.Exists(Repository.InRoot("tests", name))
            ? Directory.EnumerateFiles(Repository.InRoot("tests", name), "*.csproj").FirstOrDefault() : null;
        if (project is null)
        {
            suite.Skip($"there is no test project in tests/{name}");
            return suite;
        }

        var (code, output) = Shell.Capture("dotnet", ["build", project, "-v", "quiet", "-nologo"]);
        if (code != 0)
        {
            Console.Write(output);
            suite.Fail("the test project does not build");
            return suite;
        }

        var assembly = Path.GetFileNameWithoutExtension(project);
        assembly = XDocument.Load(project).Descendants("AssemblyName").FirstOrDefault()?.Value ?? assembly;
        var program = Path.Combine(Repository.Artifacts, "bin", Path.GetFileNameWithoutExtension(project), "debug", assembly);
        var results = Path.Combine(Repository.Artifacts, "test-results", $"{name}.xml");
        Directory.CreateDirectory(Path.GetDirectoryName(results)!);
        File.Delete(results);
        // A task in the background ignores interrupts, and so would all that it starts: the runner must hear one when its time is over.
        code = Shell.Run("env", ["--default-signal=INT,QUIT", program, "-noLogo", "-noColor", "-noAutoReporters", "-reporter", "quiet", "-xml", results], timeout: timeout);
        if (File.Exists(results))
            Read(results, suite);
        if (code == 124)
            suite.Fail($"the suite did not end within {timeout.TotalMinutes:0} minutes; what had not run is not counted");
        else if (code != 0 && suite.Failed == 0)
            suite.Fail($"the runner ended with exit code {code}");
        return suite;
    }

    private static void Read(string path, SuiteResult suite)
    {
        var document = XDocument.Load(path);
        foreach (var test in document.Descendants("test"))
        {
            var name = (string?)test.Attribute("name") ?? "?";
            switch ((string?)test.Attribute("result"))
            {
                case "Pass":
                    suite.Passed++;
                    break;
                case "Skip":
                    suite.Skip(test.Element("reason")?.Value.Trim() ?? "no reason given");
                    break;
                case "NotRun":
                    suite.Skip("explicit tests run only when asked for");
                    break;
                default:
                    suite.Fail($"{name}: {FirstLine(test.Element("failure")?.Element("message")?.Value)}");
                    break;
            }
        }

        foreach (var error in document.Descendants("error"))
            suite.Fail($"{(string?)error.Attribute("type")} {(string?)error.Attribute("name")}: {FirstLine(error.Descendants("message").FirstOrDefault()?.Value)}");
    }

    private static string FirstLine(string? text) => (text ?? "").Trim().Split('\n')[0];
}
