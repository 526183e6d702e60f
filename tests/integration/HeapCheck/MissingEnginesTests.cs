using MemTools.Allocators;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Provisioning;
using MemTools.Allocators.Provisioning.Store;
using MemTools.IntegrationTests.Allocators;
using MemTools.IntegrationTests.Launch;
using MemTools.Reports.Errors;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>What Auto takes as engines are taken away one by one, in the order that docs/heap-check.md gives; what is offered when none is left; and that the offer helps.</summary>
public sealed class MissingEnginesTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    private static readonly (string Engine, string File)[] InOrder =
    [
        ("LeakSanitizer", "liblsan"), ("Gperftools", "libtcmalloc"), ("Valgrind", "/valgrind"), ("Jemalloc", "libjemalloc"), ("Heaptrack", "heaptrack"),
        ("Mtrace", "libc_malloc_debug"),
    ];

    [Fact]
    public async Task Auto_takes_the_next_best()
    {
        for (int gone = 0; gone < InOrder.Length; gone++)
        {
            EngineTool tool = await LeakEngines.Find(InOrder[gone].Engine)!.FindAsync(LocalTarget.Instance, null, LaunchFixture.Token);
            Assert.SkipUnless(tool.IsAvailable, $"{InOrder[gone].Engine}: {tool.Reason}");
            EngineChoice choice = await ChooseAsync(new LaunchRequest { FilePath = "true", HeapCheck = HeapCheckMode.Normal }, gone);
            Assert.Equal(InOrder[gone].Engine, choice.Engine.Name);
            for (int i = 0; i < gone; i++)
                Assert.Contains(InOrder[i].Engine + ": ", choice.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_any_engine_it_is_said_what_to_install()
    {
        var error = await Assert.ThrowsAsync<MemToolsException>(() => ChooseAsync(new LaunchRequest { FilePath = "true", HeapCheck = HeapCheckMode.Normal }, InOrder.Length));
        Assert.Equal("NoLeakEngine", error.ErrorId);
        foreach ((string engine, _) in InOrder)
            Assert.Contains(engine + ": ", error.Message, StringComparison.Ordinal);
        Assert.Equal("Install-Allocator lsan / memtools install lsan", error.RecommendedAction);
    }

    [Theory]
    [InlineData("LeakSanitizer", "Install-Allocator lsan / memtools install lsan")]
    [InlineData("Gperftools", "Install-Allocator tcmalloc / memtools install tcmalloc")]
    [InlineData("Valgrind", "Install-Allocator valgrind -Scope AllUsers / memtools install valgrind --scope all-users")]
    [InlineData("Jemalloc", "Install-Allocator jemalloc / memtools install jemalloc")]
    [InlineData("Heaptrack", "Install-Allocator heaptrack -Scope AllUsers / memtools install heaptrack --scope all-users")]
    [InlineData("Mtrace", "Use another engine.")]
    public async Task A_named_engine_that_is_not_there_says_how_to_get_it(string engine, string action)
    {
        var error = await Assert.ThrowsAsync<MemToolsException>(
            () => ChooseAsync(new LaunchRequest { FilePath = "true", HeapCheck = HeapCheckMode.Normal, Engine = engine }, InOrder.Length));
        Assert.Equal("EngineNotAvailable", error.ErrorId);
        Assert.StartsWith(action, error.RecommendedAction, StringComparison.Ordinal);
    }

    /// <summary>The library of a package, in a store of the test's own, finds what a program leaks.</summary>
    [Fact]
    public async Task LeakSanitizer_installed_for_the_user_checks()
    {
        await AptOnDebian12.RequireAsync();
        var store = new UserStore(Path.Combine(fixture.Folder, "store"));
        var cache = new CanaryCache(Path.Combine(fixture.Folder, "canary.json"));
        InstallResult installed = await Provisioner.InstallAsync(
            new InstallRequest { Name = "lsan", Store = store, Cache = cache }, LocalTarget.Instance, cancellation: LaunchFixture.Token);
        Assert.StartsWith(store.Root, installed.Allocator.Path, StringComparison.Ordinal);
        Assert.Contains("LeakSanitizer", installed.Allocator.Engines);
        CommandResult run = await LocalTarget.Instance.RunAsync(
            new CommandRequest(LaunchFixture.Program("basic_c"), [], new Dictionary<string, string?> { ["LD_PRELOAD"] = string.Join(':', installed.Allocator.GetPreload()) }), LaunchFixture.Token);
        Assert.Equal(23, run.ExitCode);
        Assert.Contains("SUMMARY: LeakSanitizer: 7036 byte(s) leaked in 15 allocation(s).", run.StandardError, StringComparison.Ordinal);
    }

    private static Task<EngineChoice> ChooseAsync(LaunchRequest request, int gone)
    {
        string[] hidden = [.. InOrder.Take(gone).Select(static engine => engine.File)];
        return EngineChoice.MakeAsync(request, null, new HidingTarget(path => hidden.Any(name => path.Contains(name, StringComparison.Ordinal))), LaunchFixture.Token);
    }
}
