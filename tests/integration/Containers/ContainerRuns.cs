using System.Text;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Containers;
using MemTools.Containers.Targets;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.Containers;

/// <summary>What a run in a container showed.</summary>
internal sealed record SeenRun(AllocatorRun Run, string Output, string Error, IReadOnlyList<string> Warnings, IReadOnlyList<LeakReport> Reports);

/// <summary>Launches as the fronts do, into a run store of the test's own.</summary>
internal static class ContainerRuns
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static LaunchRequest Check(string program, params string[] arguments) => new()
    {
        FilePath = program, Arguments = [.. arguments.Select(Encoding.UTF8.GetBytes)], HeapCheck = HeapCheckMode.Normal,
    };

    public static async Task<SeenRun> InImageAsync(
        string image, LaunchRequest request, ContainerOptions? options = null, Func<RunningProgram, ContainerSession, Task>? meanwhile = null, string? host = null,
        Action<string>? onEnd = null, Action<ReadOnlyMemory<byte>>? onOutput = null)
    {
        await using ContainerSession session = await ContainerSession.OpenImageAsync("memtools-test/" + image, options, host, cancellation: Token);
        return await RunAsync(session, request, meanwhile, onEnd, onOutput);
    }

    public static async Task<SeenRun> InContainerAsync(
        string container, LaunchRequest request, ContainerOptions? options = null, Func<RunningProgram, ContainerSession, Task>? meanwhile = null, string? host = null)
    {
        await using ContainerSession session = await ContainerSession.OpenContainerAsync(container, options, host, cancellation: Token);
        return await RunAsync(session, request, meanwhile);
    }

    /// <param name="session">Where.</param>
    /// <param name="request">What.</param>
    /// <param name="meanwhile">Done while it runs.</param>
    /// <param name="onEnd">Sees the run's folder before it goes.</param>
    /// <param name="onOutput">Gets standard output, which is then not kept.</param>
    private static async Task<SeenRun> RunAsync(
        ContainerSession session, LaunchRequest request, Func<RunningProgram, ContainerSession, Task>? meanwhile, Action<string>? onEnd = null,
        Action<ReadOnlyMemory<byte>>? onOutput = null)
    {
        using var store = new TemporaryStore();
        using MemoryStream output = new(), error = new();
        var warnings = new List<string>();
        var observer = new LaunchObserver
        {
            StandardOutput = onOutput ?? (bytes => output.Write(bytes.Span)),
            StandardError = bytes => error.Write(bytes.Span),
            Warning = text =>
            {
                lock (warnings)
                    warnings.Add(text);
            },
        };
        request = await session.FitAsync(request, observer.Warning, Token);
        await using RunningProgram program = await Launcher.StartAsync(request, session.Target, observer, store.Store, Token);
        if (meanwhile is not null)
            await meanwhile(program, session);
        AllocatorRun run = await program.WaitAsync(Token);
        onEnd?.Invoke(Path.Combine(store.Store.Root, run.Id));
        IReadOnlyList<LeakReport> reports = request.HeapCheck == HeapCheckMode.None ? []
            : RunReports.Read(run, new SymbolizeOptions(), RunFileSource.Of(run), null, Token);
        return new SeenRun(run, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()), warnings, reports);
    }

    /// <summary>Asserts that the planted leaks, and no others, were found with functions and lines.</summary>
    public static void AssertPlanted(SeenRun seen)
    {
        Assert.True(seen.Run.Verdict == Verdict.Leaks, $"{seen.Run.Verdict}: {seen.Run.VerdictReason}\n{string.Join('\n', seen.Warnings)}\n{seen.Error}");
        LeakReport report = Assert.Single(seen.Reports);
        Assert.Equal((LeakyTruth.Bytes, LeakyTruth.Objects), (report.Bytes, report.Objects));
        Assert.Equal(
            LeakyTruth.Leaks.Select(l => $"{l.Function} leaky.c:{l.Line} {l.Objects} {l.Bytes}").Order(StringComparer.Ordinal),
            // gperftools 2.16 now and then takes the first stack shorter than the rest: two records for one line.
            report.Leaks.GroupBy(l => $"{l.Function} {Path.GetFileName(l.Location)}").Select(g => $"{g.Key} {g.Sum(l => l.Objects)} {g.Sum(l => l.Bytes)}").Order(StringComparer.Ordinal));
    }
}

/// <summary>A run store that goes with the test.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mt-runs-").FullName;

    public TemporaryStore() => Store = new RunStore(folder);

    public RunStore Store { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
