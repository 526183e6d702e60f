using System.Text.Json;
using System.Xml.Linq;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Tests.Cli;

/// <summary>The gate on the command line: exit codes, the message, suppressions, baselines, and the files for machines.</summary>
public sealed class GateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("memtools-gate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static LeakRecord Leak(string function, long bytes, long objects) => new()
    {
        Bytes = bytes, Objects = objects, Function = function, Location = "/src/app/a.c:7", Module = "/opt/app", Fingerprint = function,
        Stack = [new StackFrame { Function = function, File = "/src/app/a.c", Line = 7, Module = "/opt/app" }, new StackFrame { Function = "main", Module = "/opt/app" }],
    };

    private string Report(string name, params LeakRecord[] leaks)
    {
        var path = Path.Combine(_folder, name);
        using var file = File.Create(path);
        LeakReportJson.Write(file,
        [
            new LeakReport
            {
                Engine = "gperftools", Check = "_main_", Verdict = leaks.Length > 0 ? Verdict.Leaks : Verdict.Clean, FilePath = "/opt/app", ProcessId = 7,
                Bytes = leaks.Sum(l => l.Bytes), Objects = leaks.Sum(l => l.Objects), Leaks = leaks,
            },
        ]);
        return path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Two() => Report("now.json", Leak("cache", 1000, 2), Leak("session", 400, 4));

    [Theory]
    [InlineData("1400", 1)]
    [InlineData("1401", 0)]
    [InlineData("1 KB", 1)]
    [InlineData("2KB", 0)]
    [InlineData("6 objects", 1)]
    [InlineData("7 objects", 0)]
    [InlineData("any", 1)]
    [InlineData("none", 0)]
    [InlineData("lots", 2)]
    public void A_limit_decides(string limit, int code) => Assert.Equal(code, CliRunner.Run("leaks", Two(), "--fail-on", limit).ExitCode);

    [Fact]
    public void A_failure_says_totals_limit_leaks_and_how_to_accept_them()
    {
        var (code, _, error) = CliRunner.Run("leaks", Two(), "--fail-on", "1KB", "--fail-on", "100 objects");
        Assert.Equal(1, code);
        string[] lines = error.Split('\n');
        Assert.Equal("1,400 bytes in 6 objects leaked; allowed: fewer than 1,024 bytes, at most 99 objects.", lines[0]);
        Assert.Contains("  1,000 bytes in 2 objects", lines);
        Assert.Contains("      cache at /src/app/a.c:7", lines);
        Assert.Contains(lines, line => line.Contains("--baseline leaks.json", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("--suppressions leaks.supp", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("--fail-on 1401", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_not_checked_fails_with_its_own_code()
    {
        var path = Write("silent.json", """[{"schemaVersion":1,"engine":"lsan","verdict":"NotChecked","verdictReason":"It was killed."}]""");
        var (code, _, error) = CliRunner.Run("leaks", path, "--fail-on", "none");
        Assert.Equal(3, code);
        Assert.Contains("was not checked for leaks: It was killed.", error);
        Assert.Equal(0, CliRunner.Run("leaks", path, "--fail-on", "none", "--allow-unchecked").ExitCode);
    }

    [Fact]
    public void Of_a_baseline_only_what_is_worse_counts()
    {
        var baseline = Report("baseline.json", Leak("cache", 500, 1), Leak("session", 400, 4));
        // One object more of the usual size is jitter.
        Assert.Equal(0, CliRunner.Run("leaks", Two(), "--baseline", baseline).ExitCode);
        var (code, output, error) = CliRunner.Run("leaks", Two(), "--baseline", baseline, "--object-tolerance", "0");
        Assert.Equal(1, code);
        Assert.StartsWith("500 bytes in 1 object leaked beyond the baseline", error);
        Assert.Matches("(?m)^1,000 .*Grown", output);
        Assert.Equal(0, CliRunner.Run("leaks", Two(), "--baseline", baseline, "--object-tolerance", "0", "--fail-on", "501").ExitCode);
    }

    [Fact]
    public void Suppressions_set_aside_and_say_what_became_of_them()
    {
        var file = Write("leaks.supp", "# reason: by design\nleak:cache\nleak:nothing\n# expires: 2020-01-31\nleak:session\n");
        var (code, output, _) = CliRunner.Run("leaks", Two(), "--suppressions", file);
        Assert.Equal(1, code);
        Assert.Contains("Leaks: 400 bytes in 4 objects", output);
        var words = System.Text.RegularExpressions.Regex.Replace(output, @"\s+", " ");
        Assert.Contains("suppression cache (", words);
        Assert.Contains("by design", words);
        Assert.Contains("matched nothing", words);
        Assert.Contains("expired on 2020-01-31; would have matched 1 record, 400 bytes in 4 objects", words);
        var (_, json, _) = CliRunner.Run("leaks", Two(), "--suppressions", file, "--format", "json");
        using var document = JsonDocument.Parse(json);
        Assert.Equal(
            [("cache", "Used", 1000L), ("nothing", "Unused", 0L), ("session", "Expired", 400L)],
            document.RootElement[0].GetProperty("suppressions").EnumerateArray()
                .Select(use => (use.GetProperty("name").GetString()!, use.GetProperty("state").GetString()!, use.GetProperty("bytes").GetInt64())));
    }

    [Fact]
    public void Suppressions_that_the_command_writes_accept_the_leaks()
    {
        var (_, text, _) = CliRunner.Run("leaks", Two(), "--format", "suppressions", "--reason", "known", "--expires", "2999-12-31");
        Assert.Contains("# reason: known", text);
        var (code, output, _) = CliRunner.Run("leaks", Two(), "--suppressions", Write("own.supp", text));
        Assert.Equal(0, code);
        Assert.Contains("Clean: no leaks", output);
        Assert.Equal(1, CliRunner.Run("leaks", Report("other.json", Leak("other", 5, 1)), "--suppressions", Write("own.supp", text)).ExitCode);
    }

    [Fact]
    public void Patterns_say_what_counts()
    {
        Assert.Equal(0, CliRunner.Run("leaks", Two(), "--ignore", "cache", "--ignore", "sess*").ExitCode);
        Assert.Equal(1, CliRunner.Run("leaks", Two(), "--ignore", "cache").ExitCode);
        Assert.Equal(0, CliRunner.Run("leaks", Two(), "--module", "libother.so*").ExitCode);
    }

    [Fact]
    public void Reports_for_machines_are_files_beside_the_table()
    {
        var (sarif, junit, page) = (Path.Combine(_folder, "o.sarif"), Path.Combine(_folder, "o.xml"), Path.Combine(_folder, "o.pb.gz"));
        var (code, output, _) = CliRunner.Run(
            "leaks", Two(), "--report", "sarif=" + sarif, "--report", "junit=" + junit, "--report", "pprof=" + page, "--source-root", "/src/app");
        Assert.Equal(1, code);
        Assert.Contains("cache", output);
        using var log = JsonDocument.Parse(File.ReadAllText(sarif));
        Assert.Equal("a.c", log.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation")
            .GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal("2", XDocument.Load(junit).Root!.Element("testsuite")!.Attribute("failures")!.Value);
        Profile profile = MemTools.Reports.Readers.ProfileReader.Read(page, TestContext.Current.CancellationToken);
        Assert.Equal([(2L, 1000L), (4L, 400L)], profile.Samples.Select(s => (s.Values[0], s.Values[1])).Order());
        Assert.Equal(2, CliRunner.Run("leaks", Two(), "--report", "word=x").ExitCode);
        Assert.Equal(2, CliRunner.Run("leaks", Two(), "--report", "sarif").ExitCode);
    }

    [Fact]
    public void Known_leaks_are_passed_tests_and_no_annotations()
    {
        var baseline = Report("baseline.json", Leak("cache", 1000, 2));
        var (_, junit, _) = CliRunner.Run("compare", baseline, Two(), "--format", "junit");
        XElement suite = XDocument.Parse(junit).Root!.Element("testsuite")!;
        Assert.Equal(("2", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        var (_, annotations, _) = CliRunner.Run("compare", baseline, Two(), "--format", "github", "--source-root", "/src/app");
        Assert.Equal(
            "::error file=a.c,line=7,title=Memory leak::Leak of 400 bytes in 4 objects allocated in session.%0A  session at /src/app/a.c:7%0A  main\n", annotations);
    }

    [Fact]
    public void Compare_takes_limits_and_suppressions()
    {
        var baseline = Report("baseline.json", Leak("cache", 1000, 2));
        var file = Write("leaks.supp", "leak:session\n");
        Assert.Equal(1, CliRunner.Run("compare", baseline, Two()).ExitCode);
        Assert.Equal(0, CliRunner.Run("compare", baseline, Two(), "--fail-on", "401").ExitCode);
        Assert.Equal(1, CliRunner.Run("compare", baseline, Two(), "--fail-on", "400").ExitCode);
        Assert.Equal(0, CliRunner.Run("compare", baseline, Two(), "--suppressions", file).ExitCode);
        var silent = Write("silent.json", """[{"schemaVersion":1,"engine":"lsan","verdict":"NotChecked","verdictReason":"It was killed."}]""");
        Assert.Equal(3, CliRunner.Run("compare", silent, Report("clean.json")).ExitCode);
        Assert.Equal(0, CliRunner.Run("compare", silent, Report("clean.json"), "--allow-unchecked").ExitCode);
        Assert.Equal(3, CliRunner.Run("compare", Report("clean.json"), silent).ExitCode);
    }
}
