using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Tests.Reports;

public class LeakWritersTests
{
    internal static LeakReport Sample() => new()
    {
        Engine = "gperftools",
        Check = "_main_",
        Verdict = Verdict.Leaks,
        VerdictReason = "The checker's \"_main_\" detected leaks of 4,396 bytes in 4 objects.",
        ProcessId = 1234,
        FilePath = "/srv/dmserver",
        Bytes = 4396,
        Objects = 4,
        Leaks =
        [
            new()
            {
                Bytes = 4096, Objects = 1, Function = "acme::storage::Index<std::string, long>::build(int)", Location = "/src/dmserver/storage/index.cpp:220",
                Module = "/srv/dmserver", Fingerprint = "0011223344556677",
                Stack =
                [
                    new() { Address = 0x7f00_0000_1234, Module = "/usr/lib/libtcmalloc.so.4", Offset = 0x1234, Function = "operator new(unsigned long)" },
                    new() { Address = 0xffff_ffff_ff60_0400, Module = "/srv/dmserver", Offset = 0x12ce, Function = "acme::storage::Index<std::string, long>::build(int)", File = "/src/dmserver/storage/index.cpp", Line = 220, Column = 5, IsInlined = true },
                    new() { Address = 0x5500, Module = "/srv/dmserver", BuildId = "ab12", Offset = 0x12ce, Function = "main", File = "main.cpp", Line = 7 },
                ],
            },
            new() { Bytes = 300, Objects = 3, Module = "/srv/dmserver", Fingerprint = "8899aabbccddeeff", Kind = LeakKind.Lost, Stack = [new() { Address = 0x66, Module = "/srv/dmserver", Offset = 0x66 }] },
        ],
        Warnings = ["A warning."],
        Paths = ["/tmp/a.heap"],
    };

    private static string Table(LeakReport report, int width = 100, TextPalette? palette = null)
    {
        var writer = new StringWriter { NewLine = "\n" };
        LeakTableWriter.Write(writer, [report], new LeakTextOptions { Width = width, Palette = palette ?? TextPalette.None });
        return writer.ToString();
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(200)]
    public void TableFitsTheWidth(int width)
    {
        string table = Table(Sample(), width);
        Assert.All(table.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        Assert.Contains("4,096", table);
        Assert.Contains("index.cpp:220", table);
        Assert.Contains("acme::", table);
    }

    [Fact]
    public void TableSaysTotalsVerdictAndWarnings()
    {
        string[] lines = Table(Sample()).Split('\n');
        Assert.Equal("Leaks: 4,396 bytes (4.3 KiB) in 4 objects, 2 distinct stacks", lines[0]);
        Assert.Equal("  gperftools, check _main_ of /srv/dmserver, process 1234", lines[1]);
        Assert.Equal("  warning: A warning.", lines[2]);
        Assert.Equal(["Bytes", "Size", "Objects", "Function", "Location"], lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(["4,096", "4.0", "KiB", "1"], lines[4].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..4]);
    }

    [Fact]
    public void TableSaysWhyNothingWasChecked()
    {
        string table = Table(new LeakReport { VerdictReason = "The checker never announced itself." });
        Assert.Equal("Not checked\n  The checker never announced itself.\n", table);
    }

    [Fact]
    public void ColoursOnlyWhenAsked()
    {
        Assert.DoesNotContain('\e', Table(Sample()));
        Assert.Contains("\e[1;31mLeaks:", Table(Sample(), palette: TextPalette.Ansi));
    }

    [Fact]
    public void HostileNamesCannotDriveTheTerminal()
    {
        LeakReport report = new() { Verdict = Verdict.Leaks, Leaks = [new() { Bytes = 1, Objects = 1, Function = "evil\e[2J\u009b31m\n", Location = "a\rb:1" }] };
        string table = Table(report);
        Assert.DoesNotContain('\e', table);
        Assert.DoesNotContain('\r', table);
        Assert.Contains(@"evil\x1b[2J\x9b31m\x0a", table);
    }

    [Fact]
    public void ListHasTheStack()
    {
        var writer = new StringWriter { NewLine = "\n" };
        LeakListWriter.Write(writer, [Sample()], new LeakTextOptions());
        Assert.Contains(
            "#1  4,096 bytes (4.0 KiB) in 1 object, Lost, fingerprint 0011223344556677\n"
            + "    operator new(unsigned long)\n"
            + "  > acme::storage::Index<std::string, long>::build(int) at /src/dmserver/storage/index.cpp:220 (inlined)\n"
            + "    main at main.cpp:7\n",
            writer.ToString());
        Assert.Contains("  > dmserver+0x66\n", writer.ToString());
    }

    [Fact]
    public void CsvQuotesAndGuards()
    {
        LeakReport report = Sample() with
        {
            Leaks = [new() { Bytes = 1, Objects = 2, Function = "f(\"a\", b)", Location = "=cmd()", Fingerprint = "ff" }],
        };
        var writer = new StringWriter();
        LeakCsvWriter.Write(writer, [report, new LeakReport { Verdict = Verdict.Clean, Engine = "gperftools" }]);
        Assert.Equal(
            "engine,check,verdict,processId,filePath,bytes,objects,kind,status,function,location,module,fingerprint,stack\n"
            + "gperftools,_main_,Leaks,1234,/srv/dmserver,1,2,Lost,,\"f(\"\"a\"\", b)\",'=cmd(),,ff,\n"
            + "gperftools,,Clean,,,,,,,,,,,\n",
            writer.ToString());
    }

    [Fact]
    public void JsonFollowsTheContract()
    {
        string json = LeakReportJson.ToText([Sample()]);
        using var document = System.Text.Json.JsonDocument.Parse(json);
        System.Text.Json.JsonElement report = document.RootElement[0];
        Assert.Equal(
            ["schemaVersion", "run", "engine", "check", "verdict", "verdictReason", "processId", "filePath", "bytes", "objects", "leaks", "suppressed", "suppressions", "warnings", "paths"],
            report.EnumerateObject().Select(p => p.Name));
        System.Text.Json.JsonElement leak = report.GetProperty("leaks")[0];
        Assert.Equal(
            ["bytes", "objects", "function", "location", "module", "kind", "stack", "fingerprint", "status"], leak.EnumerateObject().Select(p => p.Name));
        System.Text.Json.JsonElement frame = leak.GetProperty("stack")[1];
        Assert.Equal(
            ["address", "module", "buildId", "offset", "function", "file", "line", "column", "isInlined"], frame.EnumerateObject().Select(p => p.Name));
        Assert.Equal("0xffffffffff600400", frame.GetProperty("address").GetString());
        Assert.Equal("Leaks", report.GetProperty("verdict").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, report.GetProperty("run").ValueKind);
        Assert.Contains("Index<std::string, long>", json);
    }

    [Fact]
    public void JsonReadsBack()
    {
        string json = LeakReportJson.ToText([Sample()]);
        LeakReport read = Assert.Single(Read(json));
        Assert.Equal(json, LeakReportJson.ToText([read]));
        Assert.Equal(json, LeakReportJson.ToText(Read($"{{\"id\": \"r1\", \"reports\": {json}}}")));
        Assert.Equal(json, LeakReportJson.ToText(Read(json.Trim()[1..^1])));
    }

    [Theory]
    [InlineData("[{\"bytes\": 1,]", "ReportMalformed")]
    [InlineData("", "ReportMalformed")]
    [InlineData("[null]", "ReportMalformed")]
    [InlineData("[{\"verdict\": \"Perhaps\"}]", "ReportMalformed")]
    [InlineData("[{\"schemaVersion\": 99}]", "ReportVersionUnsupported")]
    public void JsonErrorsAreClear(string json, string id)
    {
        MemToolsException error = Assert.Throws<MemToolsException>(() => Read(json));
        Assert.Equal(id, error.ErrorId);
        Assert.Contains("base.json", error.Message);
    }

    [Fact]
    public void JsonCompletesWhatIsLeftOut()
    {
        LeakRecord leak = Assert.Single(Assert.Single(Read("[{\"leaks\": [{\"bytes\": 5, \"stack\": null, \"fingerprint\": null}], \"warnings\": null}]")).Leaks);
        Assert.Equal(16, leak.Fingerprint.Length);
        Assert.Empty(leak.Stack);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(7036, "6.9 KiB")]
    [InlineData(102400, "100 KiB")]
    [InlineData(1048575, "1.0 MiB")]
    [InlineData(-2048, "-2.0 KiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void SizesForPeople(long bytes, string text) => Assert.Equal(text, ByteText.Human(bytes));

    private static IReadOnlyList<LeakReport> Read(string json) =>
        LeakReportJson.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)), "base.json", TestContext.Current.CancellationToken);
}
