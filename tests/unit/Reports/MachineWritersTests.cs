using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Schema;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;
using NJsonSchema;

namespace MemTools.Tests.Reports;

public class MachineWritersTests
{
    private static readonly MachineReportOptions Options = new()
    {
        SourceRoot = "/src/dmserver/", Time = new DateTimeOffset(2026, 10, 9, 12, 30, 0, TimeSpan.Zero),
    };

    /// <summary>Everything that can be in a report, hostile names included.</summary>
    private static LeakReport[] Reports() =>
    [
        LeakWritersTests.Sample() with { Suppressed = [new() { Bytes = 5, Objects = 1, Fingerprint = "dead", Function = "known" }] },
        new() { Engine = "valgrind", Verdict = Verdict.Clean, VerdictReason = "valgrind's leak check ran to its end." },
        new() { Verdict = Verdict.NotChecked, VerdictReason = "Killed by SIGSEGV.", Warnings = ["odd: 100 %"] },
        new()
        {
            Engine = "jemalloc", Verdict = Verdict.Leaks, Bytes = 12, Objects = 2, FilePath = "/srv/a <b>",
            Leaks =
            [
                .. Enum.GetValues<LeakKind>().Select(k => new LeakRecord
                {
                    Bytes = 4, Objects = 1, Kind = k, Fingerprint = "aa", Status = LeakStatus.New, Function = "evil\u0001`|<script>::f(\"x\", y)\n\ud800",
                    Location = "/odd dir/ü,b:c.cpp:9",
                }),
                new() { Bytes = 1, Objects = 1, Fingerprint = "bb" },
            ],
        },
    ];

    private static string Write(LeakExportFormat format, LeakReport[]? reports = null, MachineReportOptions? options = null)
    {
        using var stream = new MemoryStream();
        LeakExport.Write(stream, reports ?? Reports(), format, options ?? Options);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public async Task SarifIsValid()
    {
        JsonSchema schema = await JsonSchema.FromJsonAsync(await File.ReadAllTextAsync(TestData.Path("schemas/sarif-schema-2.1.0.json"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(Write(LeakExportFormat.Sarif)).Select(e => e.ToString()));
        Assert.Empty(schema.Validate(Write(LeakExportFormat.Sarif, [])).Select(e => e.ToString()));

        // The schema in use can fail.
        Assert.NotEmpty(schema.Validate(Write(LeakExportFormat.Sarif).Replace("\"level\": \"error\"", "\"level\": \"bad\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void SarifHoldsPlaceStackAndFingerprint()
    {
        using JsonDocument sarif = JsonDocument.Parse(Write(LeakExportFormat.Sarif));
        JsonElement run = sarif.RootElement.GetProperty("runs")[0];
        JsonElement result = run.GetProperty("results")[0];
        Assert.Equal("MT0001", result.GetProperty("ruleId").GetString());
        JsonElement place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("storage/index.cpp", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal(220, place.GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal(3, result.GetProperty("stacks")[0].GetProperty("frames").GetArrayLength());
        Assert.Equal("0011223344556677", result.GetProperty("partialFingerprints").GetProperty("memtoolsLeak/v1").GetString());
        Assert.Equal("external", run.GetProperty("results")[2].GetProperty("suppressions")[0].GetProperty("kind").GetString());
        Assert.Equal("file:///odd%20dir/%C3%BC,b%3Ac.cpp", run.GetProperty("results")[3].GetProperty("locations")[0].GetProperty("physicalLocation")
            .GetProperty("artifactLocation").GetProperty("uri").GetString());
        JsonElement invocation = run.GetProperty("invocations")[0];
        Assert.False(invocation.GetProperty("executionSuccessful").GetBoolean());
        Assert.Contains("Killed by SIGSEGV.", invocation.GetProperty("toolExecutionNotifications").ToString());
    }

    [Fact]
    public void JUnitIsValid()
    {
        Assert.Empty(Validate(Write(LeakExportFormat.JUnit)));
        Assert.NotEmpty(Validate(Write(LeakExportFormat.JUnit).Replace("<properties>", "<nonsense/><properties>", StringComparison.Ordinal)));
    }

    [Fact]
    public void JUnitCountsCases()
    {
        var document = new XmlDocument();
        document.LoadXml(Write(LeakExportFormat.JUnit));
        XmlNodeList suites = document.SelectNodes("/testsuites/testsuite")!;
        Assert.Equal(
            ["2/2/0", "1/0/0", "1/0/1", "6/6/0"],
            suites.Cast<XmlElement>().Select(s => $"{s.GetAttribute("tests")}/{s.GetAttribute("failures")}/{s.GetAttribute("errors")}"));
        Assert.All(suites.Cast<XmlElement>(), s => Assert.Equal(int.Parse(s.GetAttribute("tests"), System.Globalization.CultureInfo.InvariantCulture), s.SelectNodes("testcase")!.Count));
        XmlElement failure = (XmlElement)suites[0]!.SelectSingleNode("testcase/failure")!;
        Assert.Equal("Leak of 4,096 bytes (4.0 KiB) in 1 object allocated in acme::storage::Index<std::string, long>::build(int) at storage/index.cpp:220", failure.GetAttribute("message"));
        Assert.Contains("main at main.cpp:7", failure.InnerText);
        Assert.Equal("2026-10-09T12:30:00", ((XmlElement)suites[0]!).GetAttribute("timestamp"));
    }

    [Fact]
    public void GitHubAnnotationsAreOneLineEach()
    {
        string[] lines = Write(LeakExportFormat.GitHub).TrimEnd('\n').Split('\n');
        Assert.Equal("::error title=Leak check did not run::no engine: Killed by SIGSEGV.", lines[0]);
        Assert.Equal(
            "::error file=storage/index.cpp,line=220,col=5,title=Memory leak::Leak of 4,096 bytes (4.0 KiB) in 1 object allocated in acme::storage::Index<std::string, long>::build(int).%0A"
            + "  operator new(unsigned long)%0A  acme::storage::Index<std::string, long>::build(int) at /src/dmserver/storage/index.cpp:220%0A  main at main.cpp:7",
            lines[1]);
        Assert.All(lines, l => Assert.StartsWith("::", l));
        Assert.Equal(1 + 8, lines.Length);
        string[] few = Write(LeakExportFormat.GitHub, null, Options with { MaxAnnotations = 2 }).TrimEnd('\n').Split('\n');
        Assert.Equal("::notice title=More memory leaks::6 smaller leaks of 21 bytes together are not annotated.", few[^1]);
    }

    [Fact]
    public void GitLabReportHasUniqueFingerprintsAndPlaces()
    {
        using JsonDocument document = JsonDocument.Parse(Write(LeakExportFormat.GitLab));
        JsonElement[] issues = [.. document.RootElement.EnumerateArray()];
        Assert.Equal(9, issues.Length);
        Assert.Equal(issues.Length, issues.Select(i => i.GetProperty("fingerprint").GetString()).Distinct().Count());
        Assert.All(issues, i => Assert.True(i.GetProperty("location").GetProperty("lines").GetProperty("begin").GetInt32() >= 1));
        Assert.All(issues, i => Assert.NotEmpty(i.GetProperty("location").GetProperty("path").GetString()!));
        Assert.All(issues, i => Assert.Contains(i.GetProperty("severity").GetString(), (string[])["info", "minor", "major", "critical", "blocker"]));
        Assert.Equal(("storage/index.cpp", 220), (issues[0].GetProperty("location").GetProperty("path").GetString(), issues[0].GetProperty("location").GetProperty("lines").GetProperty("begin").GetInt32()));
    }

    [Fact]
    public void MarkdownIsSafe()
    {
        string text = Write(LeakExportFormat.Markdown);
        Assert.Contains("| **Leaks** | 4,396 | 4 | gperftools check \\_main\\_ of dmserver (process 1234) |", text);
        Assert.Contains("| **Not checked** |", text);
        Assert.Contains("> **Not checked**: Killed by SIGSEGV.", text);
        Assert.Contains("`storage/index.cpp:220`", text);
        Assert.DoesNotContain("<script>", text);
        Assert.DoesNotContain('\u0001', text);
    }

    private static List<string> Validate(string xml)
    {
        var problems = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema };
        settings.Schemas.Add(null, TestData.Path("schemas/junit.xsd"));
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, e) => problems.Add(e.Message);
        using XmlReader reader = XmlReader.Create(new StringReader(xml), settings);
        while (reader.Read())
        {
        }

        return problems;
    }
}
