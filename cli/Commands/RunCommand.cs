using System.CommandLine;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;
using MemTools.Reports.Symbols;

namespace MemTools.Cli.Commands;

/// <summary>Launches a program under an allocator, and with a heap check reports its leaks and the proof that the check ran.</summary>
internal sealed class RunCommand : CliCommand
{
    private readonly RunOptions _options = new();

    public override bool TakesProgram => true;

    public override IReadOnlyList<Example> Examples =>
    [
        new("run --allocator tcmalloc --heap-check normal -- ./dmserver --port 8080", "runs under tcmalloc's heap checker and lists the leaks with functions and lines"),
        new("run --heap-check strict --format json -- ./dmserver > run.json", "only JSON on standard output: the run with its reports"),
        new("run --allocator jemalloc --allocator-option narenas=2 -- ./dmserver", "another allocator, with an option that is checked against its catalogue"),
        new("run --allocator tcmalloc --heap-profile --heap-profile-interval 64M -- ./dmserver", "writes heap profiles into the run's folder"),
        new("run --heap-check normal --fail-on 24MB --baseline leaks.json --report sarif=leaks.sarif -- ./dmserver", "the gate of a pipeline: see 'memtools leaks --help'"),
        new("run --heap-check normal --repeat 100 -- ./dmserver --requests {repeat}", "only what grows with the number of requests: a leak, not a one-time cost"),
        new("run --image shop/dmserver:1.4 --heap-check normal -- ./dmserver --port 80", "in a container of an image, which is removed afterwards; the image stays as it is"),
        new("run --heap-check normal --no-wait -- ./dmserver", "returns at once; see 'memtools runs wait' and 'memtools runs stop'"),
    ];

    public override string Remarks =>
        "What the program prints goes where it always goes; the checker's own lines do not (see them with --verbose). The summary and the leaks go to standard "
        + "error, so that standard output is the program's alone; with --format json it holds one AllocatorRun, and the program's output goes to standard error.\n"
        + "Exit codes: 1 leaks found (or more than --fail-on allows), 3 the check could not be made (unless --allow-unchecked), 2 usage error; otherwise the program's own, or 128 and the "
        + "number of the signal that ended it.";

    public override Command Define() => _options.Define("run");

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var request = _options.Request(options, context.Program);
        if (request.NoWait && _options.Repeat(options) is not null)
            throw new UsageException("--repeat compares two runs one after the other: leave --no-wait out");
        if (request.NoWait && (options.Tokens.Any(token => token.Value is "--image" or "--container")))
            throw new UsageException("--no-wait is for programs on this machine");
        return request.NoWait
            ? Task.FromResult(Supervisor.Start(context, RunOptions.Words(options), context.Program))
            : WatchAsync(request, options, context);
    }

    private async Task<int> WatchAsync(LaunchRequest request, ParseResult options, CommandContext context)
    {
        var json = options.GetValue(_options.Format) == OutputFormat.Json;
        using var streams = new ProgramStreams(context.Terminal, options.GetValue(_options.StandardOutput), options.GetValue(_options.StandardError), json);
        var verbose = options.GetValue(_options.Verbose);
        await using var session = await _options.Containers.OpenAsync(options, context.Cancellation);
        var observer = streams.Observer(verbose);
        if (session is not null)
            request = await session.FitAsync(request, observer.Warning, context.Cancellation);
        Task<AllocatorRun> Start(LaunchRequest one) => Foreground.RunAsync(one, observer, context.Interrupts, session?.Target);
        var run = _options.Repeat(options) is { } times ? await RepeatedLaunch.RunAsync(request, times, Start) : await Start(request);
        var symbols = _options.Symbols.Read(options);
        var screened = ScreenedReports.Make(Reports(run, symbols, context), _options.Gate.Read(options), request.AllowUnchecked, symbols, context);
        if (json)
            RunJsonOutput.Write(context.Terminal.OutStream, run, screened.Reports);
        else
            RunSummary.Write(context.Terminal, run, screened.Reports, options.GetValue(_options.Format));
        screened.WriteFiles(context);
        screened.WriteDecision(context.Terminal, "--run " + run.Id);
        return RunExitCode.Of(run, screened, request.AllowUnchecked);
    }

    private static IReadOnlyList<Reports.Model.LeakReport> Reports(AllocatorRun run, SymbolizeOptions symbols, CommandContext context)
    {
        using var progress = context.Progress();
        return ReportsOfRun.Read(run, symbols, progress, context.Cancellation);
    }
}
