using System.Reflection;
using System.Text;
using System.Text.Json;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Reports.Model;

namespace MemTools.Tests.Launch;

public sealed class RunRecordWriterTests
{
    private static AllocatorRun Full() => new()
    {
        Id = "20260102T030405-0000001-00c0ffee",
        FilePath = "/opt/a b/<dm>'s \"server\"",
        ArgumentList = ["--port", "80 80", "", "ünïcode \u0001\n"],
        Target = "container:web",
        Allocator = "tcmalloc",
        AllocatorVersion = "2.10",
        HeapCheck = HeapCheckMode.AsIs,
        Engine = "Gperftools",
        Repeat = new RunRepeat(40, 20, "20260102T030404-0000001-00c0ffee"),
        State = RunState.Exited,
        ProcessId = 4711,
        StartTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        Duration = TimeSpan.FromTicks(123_456_789_012),
        UserTime = TimeSpan.FromMilliseconds(1.5),
        SystemTime = TimeSpan.FromDays(2),
        PeakResidentBytes = long.MaxValue,
        MinorFaults = 1,
        MajorFaults = 2,
        VoluntaryContextSwitches = 3,
        InvoluntaryContextSwitches = 4,
        ExitCode = -1,
        Signal = "SIGSEGV",
        CoreDumped = true,
        EndedBy = "the time limit",
        Verdict = Verdict.Leaks,
        VerdictReason = "because",
        ReportPaths = ["/a", "/b"],
        HeapProfilePaths = ["/c"],
        Children = [new ChildProcess(1, 2, "sh", true, false, TimeSpan.FromSeconds(1)), new ChildProcess(3, 4, "", false, true, null)],
        StandardOutputPath = "/out",
        StandardErrorPath = "/err",
        ReplacedImages = 5,
        RunPath = "/runs/x",
        EnvironmentNames = ["A", "B"],
        SetEnvironment = new Dictionary<string, string> { ["HEAPCHECK"] = "as-is", ["LD_PRELOAD"] = "/x.so" },
        OverriddenFindings = new Dictionary<string, string> { ["StaticProgram"] = "'x' is statically linked." },
        Warnings = ["careful"],
    };

    [Fact]
    public void Writes_the_same_text_as_the_generated_serializer()
    {
        foreach (var run in new[] { Full(), new AllocatorRun { Id = "x", FilePath = "y" } })
        {
            var expected = Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(run, RunJson.Readable.AllocatorRun));
            Assert.Equal(expected, Encoding.UTF8.GetString(RunRecordWriter.ToUtf8(run)));
        }
    }

    [Fact]
    public void The_full_record_of_these_tests_leaves_no_property_at_its_default()
    {
        var defaults = new AllocatorRun { Id = "", FilePath = "" };
        foreach (var property in typeof(AllocatorRun).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.Name != "SchemaVersion"))
            Assert.NotEqual(property.GetValue(defaults), property.GetValue(Full()));
    }

    [Fact]
    public void A_written_record_reads_back()
    {
        var run = Full();
        var read = JsonSerializer.Deserialize(RunRecordWriter.ToUtf8(run), RunJson.Readable.AllocatorRun)!;
        Assert.Equal(run.ArgumentList, read.ArgumentList);
        Assert.Equal(run.Duration, read.Duration);
        Assert.Equal(run.Children, read.Children);
        Assert.Equal(run.SetEnvironment, read.SetEnvironment);
        Assert.Equal(run.StartTime, read.StartTime);
    }
}
