using System.Diagnostics;
using System.Globalization;
using System.Text;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.IntegrationTests.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>What goes wrong with each engine: whatever happens, a leaking program is never Clean, and what is said of leaks is the truth.</summary>
public sealed class EngineFaultTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    public static TheoryData<string> Engines() => new(LeakEngines.Names);

    public static TheoryData<string, string> EnginesAndWork() => new(LeakEngines.Names.SelectMany(static name => new[] { (name, "leak"), (name, "clean") }));

    /// <summary>SIGKILL from outside, while the program waits: valgrind itself would see a signal that the program sends to itself.</summary>
    [Theory]
    [MemberData(nameof(EnginesAndWork))]
    public async Task Killed_half_way_proves_nothing(string engine, string work)
    {
        Skip(engine);
        var observer = new LaunchObserver
        {
            StandardOutput = static bytes => Process.GetProcessById(int.Parse(Encoding.ASCII.GetString(bytes.Span), CultureInfo.InvariantCulture)).Kill(),
        };
        AllocatorRun run = await fixture.RunAsync(Request(engine, Compile("waiting", FaultPrograms.Waiting), work, "/no/such/file"), observer);
        Assert.True(run.Verdict == Verdict.NotChecked, run.VerdictReason);
        Assert.Equal("SIGKILL", run.Signal);
        Assert.All(Read(run), static report => Assert.Equal(Verdict.NotChecked, report.Verdict));
    }

    /// <summary>The folder is gone when the engine wants to write. gperftools also speaks on standard error, which was seen all the same.</summary>
    [Theory]
    [MemberData(nameof(EnginesAndWork))]
    public async Task A_removed_dump_folder_proves_nothing(string engine, string work)
    {
        Skip(engine);
        string mark = Path.Combine(fixture.Folder, Guid.NewGuid().ToString("N"));
        var store = new RunStore(Path.Combine(fixture.Folder, "removed-" + Path.GetFileName(mark)));
        var observer = new LaunchObserver
        {
            StandardOutput = _ =>
            {
                string folder = Directory.GetDirectories(store.Root)[0];
                for (int tries = 0; Directory.Exists(folder) && tries < 1000; tries++)
                {
                    try
                    {
                        Directory.Delete(folder, recursive: true);
                    }
                    catch (IOException)
                    {
                        // The run's record is just being written there.
                    }
                }
                File.WriteAllText(mark, "");
            },
        };
        AllocatorRun run = await Launcher.RunAsync(Request(engine, Compile("waiting", FaultPrograms.Waiting), work, mark), null, observer, store, LaunchFixture.Token);
        if (engine == "Gperftools" && work == "leak")
            Assert.Equal((Verdict.Leaks, true), (run.Verdict, run.VerdictReason.Contains($"{FaultPrograms.Bytes} bytes", StringComparison.Ordinal)));
        else
            Assert.True(run.Verdict == Verdict.NotChecked, $"{run.Verdict}: {run.VerdictReason}");
        Assert.Contains(run.Warnings, static warning => warning.Contains("removed", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(EnginesAndWork))]
    public async Task A_full_disk_is_never_a_false_clean_bill(string engine, string work)
    {
        Skip(engine);
        using SmallDisk disk = await SmallDisk.MountAsync(fixture.Folder);
        LaunchRequest request = Request(engine, Compile("filling", FaultPrograms.Filling), work, Path.Combine(disk.Path, "filler"));
        AllocatorRun run = await Launcher.RunAsync(request, store: new RunStore(Path.Combine(disk.Path, "runs")), cancellation: LaunchFixture.Token);
        IReadOnlyList<LeakReport> reports = Read(run);
        if (work == "leak")
        {
            Assert.NotEqual(Verdict.Clean, run.Verdict);
            Assert.All(reports.Where(static r => r.Verdict == Verdict.Leaks), static r => Assert.Equal((FaultPrograms.Bytes, FaultPrograms.Objects), (r.Bytes, r.Objects)));
        }
        else
        {
            Assert.NotEqual(Verdict.Leaks, run.Verdict);
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_runs_at_once_of_the_same_program_do_not_meet(string engine)
    {
        Skip(engine);
        string program = Compile("waiting", FaultPrograms.Waiting);
        string mark = Path.Combine(fixture.Folder, Guid.NewGuid().ToString("N"));
        int ready = 0;
        var observer = new LaunchObserver
        {
            // Both have worked before either ends.
            StandardOutput = _ =>
            {
                if (Interlocked.Increment(ref ready) == 2)
                    File.WriteAllText(mark, "");
            },
        };
        AllocatorRun[] runs = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => fixture.RunAsync(Request(engine, program, "leak", mark), observer)));
        Assert.All(runs, static run => Assert.True(run.Verdict == Verdict.Leaks, run.VerdictReason));
        Assert.All(runs, static run => Assert.Equal((run.ProcessId, FaultPrograms.Objects), (Assert.Single(Read(run)).ProcessId, Read(run)[0].Objects)));
        Assert.NotEqual(runs[0].ProcessId, runs[1].ProcessId);
        Assert.Empty(runs[0].ReportPaths.Intersect(runs[1].ReportPaths));
    }

    /// <summary>Forked where the engine checks forked children, else executed; heaptrack follows neither and names them.</summary>
    [Theory]
    [InlineData("Gperftools", "exec")]
    [InlineData("LeakSanitizer", "fork")]
    [InlineData("Valgrind", "fork")]
    [InlineData("Jemalloc", "fork")]
    [InlineData("Mtrace", "exec")]
    [InlineData("Heaptrack", "fork")]
    public async Task Two_hundred_processes_in_one_run(string engine, string how)
    {
        Skip(engine);
        const int count = 200;
        AllocatorRun run = await fixture.RunAsync(Request(engine, Compile("many", FaultPrograms.Many), "leak", how, "200"));
        Assert.True(run.Verdict == Verdict.Leaks, run.VerdictReason);
        IReadOnlyList<LeakReport> reports = Read(run);
        Assert.Equal(count, reports.Count);
        Assert.Equal(count, reports.Select(static r => r.ProcessId).Distinct().Count());
        if (LeakEngines.Find(engine)!.WatchesChildren)
            Assert.Equal(count - 1, run.Children.Count);
        int checkedProcesses = engine == "Heaptrack" ? 1 : count;
        Assert.Equal(checkedProcesses, reports.Count(static r => r is { Verdict: Verdict.Leaks, Objects: FaultPrograms.Objects, Bytes: FaultPrograms.Bytes }));
        Assert.Equal(count - checkedProcesses, reports.Count(static r => r.Verdict == Verdict.NotChecked));
        if (engine != "Heaptrack")
            Assert.Contains($"{count * FaultPrograms.Bytes} bytes in {count * FaultPrograms.Objects} objects", run.VerdictReason, StringComparison.Ordinal);
    }

    /// <summary>Memory that the parent lost and the child, which inherited it, frees: no engine calls that clean.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_forked_child_frees_is_still_leaked_by_its_parent(string engine)
    {
        Skip(engine);
        AllocatorRun run = await fixture.RunAsync(Request(engine, Compile("freeing", FaultPrograms.FreeingChild)));
        Assert.NotEqual(Verdict.Clean, run.Verdict);
        if (engine is not "Mtrace")
            Assert.True(run.Verdict == Verdict.Leaks, run.VerdictReason);
    }

    [Theory]
    [MemberData(nameof(EnginesAndWork))]
    public async Task Words_of_the_engines_that_the_program_prints_are_the_programs(string engine, string work)
    {
        Skip(engine);
        var output = new StringBuilder();
        AllocatorRun run = await fixture.RunAsync(
            Request(engine, Compile("pretending", FaultPrograms.Pretending), work),
            new LaunchObserver { StandardOutput = bytes => output.Append(Encoding.UTF8.GetString(bytes.Span)) });
        IReadOnlyList<LeakReport> reports = Read(run);
        Assert.True(run.Verdict == (work == "leak" ? Verdict.Leaks : Verdict.Clean), $"{run.Verdict}: {run.VerdictReason}");
        Assert.Equal(work == "leak" ? (FaultPrograms.Bytes, FaultPrograms.Objects) : (0, 0), (Assert.Single(reports).Bytes, reports[0].Objects));
        Assert.Equal(2, output.ToString().Split("SUMMARY: LeakSanitizer: 99").Length - 1);
    }

    private string Compile(string name, string source) => fixture.Compile(name, source, "-I" + MatrixProgram.Sources());

    private static IReadOnlyList<LeakReport> Read(AllocatorRun run)
    {
        try
        {
            return RunReports.Read(run, new SymbolizeOptions(), new LocalFileSource(), null, LaunchFixture.Token);
        }
        catch (MemToolsException e) when (e.ErrorId is "ReportNotFound")
        {
            return [];
        }
    }

    private static LaunchRequest Request(string engine, string program, params string[] arguments) => new()
    {
        FilePath = program, Arguments = LaunchFixture.Arguments(arguments), HeapCheck = HeapCheckMode.Normal, Engine = engine, Timeout = TimeSpan.FromMinutes(5),
    };

    private static void Skip(string engine)
    {
        EngineTool tool = LeakEngines.Find(engine)!.FindAsync(LocalTarget.Instance, null, LaunchFixture.Token).GetAwaiter().GetResult();
        Assert.SkipUnless(tool.IsAvailable, $"{engine}: {tool.Reason}");
    }
}
