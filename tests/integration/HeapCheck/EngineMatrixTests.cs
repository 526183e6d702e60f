using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.IntegrationTests.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>Each cell of the table "Program kinds" in docs/heap-check.md is measured: the program runs under the engine, and what comes out is the cell's words.</summary>
public sealed class EngineMatrixTests(LaunchFixture fixture) : IClassFixture<LaunchFixture>
{
    public static TheoryData<string, string, string> Cells() => new(MatrixPage.Cells());

    [Fact]
    public void The_table_has_all_engines_and_kinds()
    {
        Assert.Equal(LeakEngines.Names.Order(), MatrixPage.Engines.Order());
        Assert.Equal(
            ["leaks", "clean", "static", "stripped", "threads", "fork", "exec", "dlclose", "SIGSEGV, abort, SIGTERM", "_exit, quick_exit", "ptrace denied", "traced by strace"],
            MatrixPage.Cells().Select(static cell => cell.Kind).Distinct());
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task The_page_says_what_happens(string kind, string engine, string words)
    {
        EngineTool tool = await LeakEngines.Find(engine)!.FindAsync(LocalTarget.Instance, null, LaunchFixture.Token);
        Assert.SkipUnless(tool.IsAvailable, $"{engine}: {tool.Reason}");
        foreach (MatrixProgram program in MatrixProgram.Of(kind, fixture))
        {
            string measured = await MeasureAsync(program, engine);
            Assert.True(words == measured, $"{kind} under {engine} ({string.Join(' ', program.Arguments)}): the page says '{words}', measured '{measured}'.");
        }
    }

    private async Task<string> MeasureAsync(MatrixProgram program, string engine)
    {
        var request = new LaunchRequest
        {
            FilePath = program.Path, Arguments = LaunchFixture.Arguments(program.Arguments), HeapCheck = HeapCheckMode.Normal, Engine = engine,
        };
        try
        {
            return await RunAsync(program, request);
        }
        catch (MemToolsException e) when (e.ErrorId is "StaticProgram" or "TracedProgram")
        {
            string really = await RunAsync(program, request with { AllowUnchecked = true });
            return really == nameof(Verdict.NotChecked) ? "refused" : $"refused, although {really}";
        }
    }

    private async Task<string> RunAsync(MatrixProgram program, LaunchRequest request)
    {
        AllocatorRun run = await fixture.RunAsync(request);
        return MeasuredCell.Of(program, run, RunReports.Read(run, new SymbolizeOptions(), new LocalFileSource(), null, LaunchFixture.Token));
    }
}
