using MemTools.Allocators;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Store;
using MemTools.IntegrationTests.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>gperftools 2.16, the last release with the heap checker, and 2.18, whose silence must not pass for a clean bill.</summary>
public sealed class NewerGperftoolsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("memtools-newer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("trixie", "2.16", Capability.Supported)]
    [InlineData("sid", "2.18", Capability.Removed)]
    public async Task In_its_own_suite(string suite, string version, Capability heapCheck)
    {
        var target = (await NewerSuite.RequireAsync(suite)).Target;
        var found = await AllocatorFinder.ResolveAsync(target, "tcmalloc", HeapCheckMode.Normal, cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith(version, found.Version, StringComparison.Ordinal);
        Assert.Equal((heapCheck, Capability.Supported), (found.HeapCheck, found.HeapProfile));
        Assert.Null(found.Problem);
        Assert.Equal(heapCheck == Capability.Supported, found.Engines.Contains("Gperftools"));
        var minimal = await AllocatorFinder.ResolveAsync(target, "tcmalloc-minimal", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((Capability.Absent, Capability.Absent), (minimal.HeapCheck, minimal.HeapProfile));
    }

    [Theory]
    [InlineData("trixie", Capability.Unknown)]
    [InlineData("sid", Capability.Removed)]
    public async Task On_an_older_system_it_does_not_load_and_nothing_is_claimed(string suite, Capability heapCheck)
    {
        var newer = await NewerSuite.RequireAsync(suite);
        await AptOnDebian12.RequireAsync();
        var path = newer.Target.Fetch("/usr/lib/x86_64-linux-gnu/libtcmalloc.so.4", TestContext.Current.CancellationToken)!;
        var found = await AllocatorFinder.ResolveAsync(
            LocalTarget.Instance, path, HeapCheckMode.Normal, new FindRequest { Cache = new CanaryCache(Path.Combine(folder, "canary.json")) },
            TestContext.Current.CancellationToken);
        Assert.Contains("GLIBC_2.38", found.Problem!, StringComparison.Ordinal);
        Assert.Equal(heapCheck, found.HeapCheck);
        Assert.Equal(Capability.Unknown, found.HeapProfile);
    }

    [Fact]
    public async Task A_package_for_a_newer_system_is_not_installed()
    {
        var newer = await NewerSuite.RequireAsync("sid");
        await AptOnDebian12.RequireAsync();
        var store = new UserStore(Path.Combine(folder, "store"));
        var target = new HidingTarget(_ => false)
        {
            Rewrite = r => r with { Environment = (r.Environment ?? new Dictionary<string, string?>()).Append(new("APT_CONFIG", newer.AptConfiguration)).ToDictionary() },
        };
        var error = await Assert.ThrowsAsync<MemToolsException>(() => Provisioner.InstallAsync(
            new InstallRequest { Name = "tcmalloc", Store = store }, target, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("AllocatorNotUsable", error.ErrorId);
        Assert.Contains("GLIBC_2.38", error.Message, StringComparison.Ordinal);
        Assert.Empty(store.List());
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    /// <summary>HEAPCHECK with 2.16 finds the leaks; with 2.18 the same words in the environment do nothing, and the program ends with 0 and without a word.</summary>
    [Fact]
    public async Task The_classic_recipe_checks_with_2_16()
    {
        var run = await RunAsync("trixie", "Gperftools", allowUnchecked: false);
        Assert.Equal((Verdict.Leaks, "Gperftools", 1), (run.Verdict, run.Engine, run.ExitCode));
        Assert.Equal((7036, 15), Totals(run));
    }

    [Fact]
    public async Task The_silence_of_2_18_is_refused_beforehand_and_not_checked_afterwards()
    {
        var error = await Assert.ThrowsAsync<MemToolsException>(() => RunAsync("sid", "Gperftools", allowUnchecked: false));
        Assert.Contains("2.17", error.Message, StringComparison.Ordinal);
        var run = await RunAsync("sid", "Gperftools", allowUnchecked: true);
        Assert.Equal((Verdict.NotChecked, 0), (run.Verdict, run.ExitCode));
        Assert.StartsWith("2.18", run.AllocatorVersion, StringComparison.Ordinal);
        Assert.Empty(run.ReportPaths);
    }

    [Fact]
    public async Task Another_engine_checks_in_place_of_2_18()
    {
        var run = await RunAsync("sid", null, allowUnchecked: false);
        Assert.Equal((Verdict.Leaks, "LeakSanitizer", 0), (run.Verdict, run.Engine, run.ExitCode));
        Assert.Equal((7036, 15), Totals(run));
    }

    private static (long Bytes, long Objects) Totals(AllocatorRun run)
    {
        var reports = RunReports.Read(run, new SymbolizeOptions { BinaryPaths = [LaunchFixture.Program("basic_c")] }, new LocalFileSource(), null, TestContext.Current.CancellationToken);
        Assert.All(reports.SelectMany(r => r.Leaks), leak => Assert.NotNull(leak.Function));
        Assert.True(reports.Count == 1, string.Join('\n', reports.Select(r => $"{r.ProcessId} {r.Verdict} {r.VerdictReason} {string.Join(' ', r.Paths)}")));
        return (reports[0].Bytes, reports[0].Objects);
    }

    private async Task<AllocatorRun> RunAsync(string suite, string? engine, bool allowUnchecked)
    {
        var newer = await NewerSuite.RequireAsync(suite);
        var place = $"/tmp/{Guid.NewGuid():N}";
        Directory.CreateDirectory(newer.Root + place);
        var program = place + "/app";
        File.Copy(LaunchFixture.Program("basic_c"), newer.Root + program);
        try
        {
            return await Launcher.RunAsync(
                new LaunchRequest { FilePath = program, Allocator = "tcmalloc", Engine = engine, HeapCheck = HeapCheckMode.Normal, AllowUnchecked = allowUnchecked },
                newer.Target, store: new RunStore(Path.Combine(folder, "runs")), cancellation: TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(newer.Root + place, recursive: true);
        }
    }
}
