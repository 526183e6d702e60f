using System.Text.Json;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.IntegrationTests.HeapCheck;
using MemTools.Reports;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.Launch;

/// <summary>The sample programs live under every engine that is installed: what a run proves, and what its reports hold. docs/heap-check.md has the table.</summary>
public sealed class EngineRunTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    private static readonly string[] Programs =
    [
        "basic_c", "basic_c_nopie", "basic_compressed", "basic_dwarf4", "basic_dwarf5", "basic_nog", "basic_sepdebug", "basic_stripped", "many", "shlib", "templ_O2",
        "threads",
    ];

    public static TheoryData<string, string> Leaky()
    {
        var data = new TheoryData<string, string>();
        foreach (string engine in LeakEngines.Names)
            foreach (string program in Programs)
                data.Add(engine, program);
        return data;
    }

    /// <summary>
    /// gperftools, LeakSanitizer and valgrind tell exactly what is lost. mtrace and heaptrack count what is live, reachable memory included; jemalloc does too, in usable
    /// sizes, so that its bytes are at least those that were asked for.
    /// </summary>
    [Theory]
    [MemberData(nameof(Leaky))]
    public async Task Leaks_are_found(string engine, string program)
    {
        (AllocatorRun run, IReadOnlyList<LeakReport> reports) = await RunAsync(engine, LaunchFixture.Program(program));
        using JsonDocument expected = Expected(program);
        long Number(string name) => expected.RootElement.GetProperty(name).GetInt64();
        long bytes = Number("lost_bytes");
        long objects = Number("lost_objects");
        bool live = engine is "Jemalloc" or "Mtrace" or "Heaptrack";
        if (live)
            (bytes, objects) = (bytes + Number("reachable_bytes"), objects + Number("reachable_objects"));
        Assert.Equal((Verdict.Leaks, engine), (run.Verdict, run.Engine));
        LeakReport report = Assert.Single(reports);
        Assert.Equal(run.ProcessId, report.ProcessId);
        Assert.Equal(objects, report.Objects);
        Assert.InRange(report.Bytes, bytes, engine == "Jemalloc" ? bytes * 3 / 2 : bytes);
        if (live)
            Assert.All(report.Leaks, leak => Assert.Equal(LeakKind.StillLive, leak.Kind));
        if (HasNames(engine, program))
            AssertSites(engine, report, expected, live);
        // The program's own code survives everywhere but under gperftools' checker.
        Assert.Equal(engine == "Gperftools" ? 1 : 0, run.ExitCode);
    }

    /// <summary>mtrace records the caller of malloc alone, which for C++ is operator new.</summary>
    private static bool HasNames(string engine, string program) => program != "basic_stripped" && !(engine == "Mtrace" && program is "templ_O2" or "threads");

    /// <summary>Each planted leak is found with its objects and bytes, at its file and line; by its function where there are no lines (basic_nog).</summary>
    private static void AssertSites(string engine, LeakReport report, JsonDocument expected, bool live)
    {
        foreach (JsonElement site in expected.RootElement.GetProperty("sites").EnumerateArray())
        {
            if (site.GetProperty("kind").GetString() == "reachable" && !live)
                continue;
            string function = site.GetProperty("function").GetString()!;
            string place = $"{site.GetProperty("file").GetString()}:{site.GetProperty("line").GetInt32()}";
            long objects = site.GetProperty("objects").GetInt64();
            long bytes = site.GetProperty("bytes").GetInt64();
            bytes = engine == "Jemalloc" ? MeasuredCell.Usable(bytes / objects) * objects : bytes;
            List<LeakRecord> found = [.. report.Leaks.Where(leak => leak.Location is { } location
                ? location == place || location.EndsWith("/" + place, StringComparison.Ordinal)
                : leak.Function == function || leak.Function?.StartsWith(function + "(", StringComparison.Ordinal) == true)];
            Assert.True(
                found.Sum(static leak => leak.Objects) == objects && found.Sum(static leak => leak.Bytes) == bytes,
                $"{bytes} bytes in {objects} objects at {place} {function}; found: {string.Join("; ", report.Leaks.Select(static l => $"{l.Bytes}/{l.Objects} {l.Function} {l.Location}"))}");
        }
    }

    public static TheoryData<string, string> Clean() => new(LeakEngines.Names.Select(name => (name, "clean")));

    [Theory]
    [MemberData(nameof(Clean))]
    public async Task A_clean_program_is_proved_clean(string engine, string program)
    {
        (AllocatorRun run, IReadOnlyList<LeakReport> reports) = await RunAsync(engine, LaunchFixture.Program(program));
        Assert.True(run.Verdict == Verdict.Clean, run.VerdictReason);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Verdict.Clean, Assert.Single(reports).Verdict);
    }

    public static TheoryData<string, string> Endings()
    {
        var data = new TheoryData<string, string>();
        foreach (string engine in LeakEngines.Names)
            foreach (string how in (string[])["segv", "abort", "_exit", "term", "quick"])
                data.Add(engine, how);
        return data;
    }

    /// <summary>valgrind checks at every end; all others need the exit handlers, and without them nothing is proved.</summary>
    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Ends_before_the_exit_handlers(string engine, string how)
    {
        (AllocatorRun run, IReadOnlyList<LeakReport> reports) = await RunAsync(engine, LaunchFixture.Program("abnormal"), how);
        (string? Signal, int? Code) end = how switch
        {
            "segv" => ("SIGSEGV", null), "abort" => ("SIGABRT", null), "term" => ("SIGTERM", null), "_exit" => (null, 4), _ => (null, 5),
        };
        Assert.Equal(end, (run.Signal, run.ExitCode));
        if (engine == "Valgrind")
        {
            Assert.True(run.Verdict is Verdict.Leaks or Verdict.NotChecked, run.VerdictReason);
            return;
        }
        Assert.True(run.Verdict == Verdict.NotChecked, run.VerdictReason);
        Assert.DoesNotContain(reports, report => report.Verdict != Verdict.NotChecked);
    }

    [Fact]
    public async Task LeakSanitizer_checks_forked_and_executed_children()
    {
        (AllocatorRun run, IReadOnlyList<LeakReport> reports) = await RunAsync("LeakSanitizer", LaunchFixture.Program("forkexec"));
        Assert.Equal(Verdict.Leaks, run.Verdict);
        Assert.True(reports.Count == 3, string.Join('\n', reports.Select(r => $"{r.ProcessId} {r.Verdict} {r.Bytes} {r.VerdictReason} {string.Join(' ', r.Paths)}")));
        Assert.Equal([111, 555, 999], reports.Select(r => r.Bytes).Order());
        Assert.All(reports, report => Assert.Equal(Verdict.Leaks, report.Verdict));
        Assert.Equal(2, run.Children.Count);
    }

    [Fact]
    public async Task Valgrind_checks_forked_and_executed_children()
    {
        (AllocatorRun run, IReadOnlyList<LeakReport> reports) = await RunAsync("Valgrind", LaunchFixture.Program("forkexec"));
        Assert.Equal(Verdict.Leaks, run.Verdict);
        Assert.Contains(reports, r => r.Bytes == 111);
        Assert.Contains(reports, r => r.Bytes == 555);
    }

    [Fact]
    public async Task A_forked_child_that_leaves_by_exit_is_not_a_clean_bill()
    {
        string program = fixture.Compile("forkexit", """
            #include <stdlib.h>
            #include <sys/wait.h>
            #include <unistd.h>
            int main(void) { pid_t c = fork(); if (c == 0) { volatile char *p = malloc(5000); p[0] = 1; _exit(0); } waitpid(c, 0, 0); return 0; }
            """);
        (AllocatorRun run, IReadOnlyList<LeakReport> reports) = await RunAsync("LeakSanitizer", program);
        Assert.True(run.Verdict == Verdict.NotChecked, run.VerdictReason);
        Assert.Contains(reports, r => r.ProcessId == run.ProcessId && r.Verdict == Verdict.Clean);
        Assert.Contains(reports, r => r.ProcessId == Assert.Single(run.Children).ProcessId && r.Verdict == Verdict.NotChecked);
    }

    [Fact]
    public async Task LeakSanitizer_where_ptrace_is_denied_proves_nothing()
    {
        string denied = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(LaunchFixture.Program("basic_c")))!, "shim/noptrace");
        Assert.SkipUnless(File.Exists(denied), "The corpus' noptrace is not there.");
        (AllocatorRun run, _) = await RunAsync("LeakSanitizer", denied, LaunchFixture.Program("basic_c"));
        Assert.Equal(Verdict.NotChecked, run.Verdict);
        Assert.Contains("ptrace", run.VerdictReason, StringComparison.Ordinal);
        (run, _) = await RunAsync("Gperftools", denied, LaunchFixture.Program("clean"));
        Assert.Equal(Verdict.NotChecked, run.Verdict);
    }

    [Fact]
    public async Task Static_programs_are_refused_by_every_engine()
    {
        foreach (string engine in LeakEngines.Names)
        {
            Skip(engine);
            var e = await Assert.ThrowsAsync<MemTools.Reports.Errors.MemToolsException>(() => RunAsync(engine, LaunchFixture.Program("basic_static")));
            Assert.Equal("StaticProgram", e.ErrorId);
        }
    }

    [Fact]
    public async Task Stacks_reach_main_in_code_without_frame_pointers()
    {
        Skip("LeakSanitizer");
        AllocatorRun run = await fixture.RunAsync(Request("LeakSanitizer", LaunchFixture.Program("templ_O2")));
        IReadOnlyList<LeakReport> reports = RunReports.Read(run, new SymbolizeOptions(), new LocalFileSource(), null, LaunchFixture.Token);
        Assert.All(Assert.Single(reports).Leaks, leak => Assert.Contains(leak.Stack, frame => frame.Function == "main"));
    }

    [Fact]
    public async Task Fast_stacks_keep_the_totals()
    {
        Skip("LeakSanitizer");
        AllocatorRun run = await fixture.RunAsync(Request("LeakSanitizer", LaunchFixture.Program("templ_O2")) with { FastStacks = true });
        LeakReport report = Assert.Single(RunReports.Read(run, new SymbolizeOptions(), new LocalFileSource(), null, LaunchFixture.Token));
        Assert.Equal((1584, 10), (report.Bytes, report.Objects));
    }

    [Fact]
    public async Task Draconian_counts_reachable_memory()
    {
        foreach (string engine in (string[])["LeakSanitizer", "Valgrind", "Gperftools"])
        {
            Skip(engine);
            AllocatorRun run = await fixture.RunAsync(Request(engine, LaunchFixture.Program("basic_c")) with { HeapCheck = HeapCheckMode.Draconian });
            IReadOnlyList<LeakReport> reports = RunReports.Read(run, new SymbolizeOptions(), new LocalFileSource(), null, LaunchFixture.Token);
            Assert.Contains(Assert.Single(reports).Leaks, leak => leak is { Function: "keep", Bytes: 512 });
        }
    }

    [Fact]
    public async Task Auto_takes_gperftools_for_tcmalloc_and_says_what_it_takes_otherwise()
    {
        string tcmalloc = LaunchFixture.Tcmalloc();
        Assert.Equal("Gperftools", (await Choose(new LaunchRequest { FilePath = "true", HeapCheck = HeapCheckMode.Normal, Allocator = tcmalloc })).Engine.Name);
        Skip("LeakSanitizer");
        EngineChoice minimal = await Choose(new LaunchRequest
        {
            FilePath = "true", HeapCheck = HeapCheckMode.Normal, Allocator = LaunchFixture.Tcmalloc("libtcmalloc_minimal.so.4"),
        });
        Assert.Equal("LeakSanitizer", minimal.Engine.Name);
        Assert.Contains("no heap checker", minimal.Reason, StringComparison.Ordinal);
        Assert.Equal("LeakSanitizer", (await Choose(new LaunchRequest { FilePath = "true", HeapCheck = HeapCheckMode.Normal })).Engine.Name);
        Assert.Equal("Gperftools", (await Choose(new LaunchRequest { FilePath = "true", HeapCheck = HeapCheckMode.Local })).Engine.Name);
    }

    private static async Task<EngineChoice> Choose(LaunchRequest request)
    {
        Allocator? named = request.Allocator is null
            ? null
            : await MemTools.Allocators.Detect.AllocatorFinder.ResolveAsync(LocalTarget.Instance, request.Allocator, cancellation: LaunchFixture.Token);
        return await EngineChoice.MakeAsync(request, named, LocalTarget.Instance, LaunchFixture.Token);
    }

    private async Task<(AllocatorRun Run, IReadOnlyList<LeakReport> Reports)> RunAsync(string engine, string program, params string[] arguments)
    {
        Skip(engine);
        AllocatorRun run = await fixture.RunAsync(Request(engine, program, arguments));
        return (run, RunReports.Read(run, new SymbolizeOptions(), new LocalFileSource(), null, LaunchFixture.Token));
    }

    private static LaunchRequest Request(string engine, string program, params string[] arguments) => new()
    {
        FilePath = program, Arguments = LaunchFixture.Arguments(arguments), HeapCheck = HeapCheckMode.Normal, Engine = engine,
    };

    private static void Skip(string engine)
    {
        EngineTool tool = LeakEngines.Find(engine)!.FindAsync(LocalTarget.Instance, null, LaunchFixture.Token).GetAwaiter().GetResult();
        Assert.SkipUnless(tool.IsAvailable, $"{engine}: {tool.Reason}");
    }

    private static JsonDocument Expected(string program) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(LaunchFixture.Program(program))!, "expected.json")));
}
