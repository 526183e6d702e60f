using System.CommandLine;
using MemTools.Allocators.Launch;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Commands;

/// <summary>Stops a run's program by a signal.</summary>
internal sealed class RunsStopCommand : CliCommand
{
    private readonly Argument<string> _id = RunArgument.One();
    private readonly Option<string?> _signal = Values.Text("--signal", "NAME", "the signal (default: TERM); a check runs only if the program handles it and ends in order", "-s");
    private readonly Setting<TimeSpan?> _killAfter = Values.Duration("--kill-after", "after this comes SIGKILL, for all that the program started (default: never)");

    public override IReadOnlyList<Example> Examples =>
    [
        new("runs stop latest", "SIGTERM, then waits for the end"),
        new("runs stop latest --signal INT --kill-after 10s", "as Ctrl+C, and by force after ten seconds"),
    ];

    public override Command Define()
    {
        _signal.CompletionSources.Add(_ => Signals.All.Select(name => new System.CommandLine.Completions.CompletionItem(name[3..])));
        return new("stop") { _id, _signal, _killAfter };
    }

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var name = options.GetValue(_signal) ?? "TERM";
        var signal = Signals.Parse(name) ?? throw new UsageException($"'{name}' is no signal; there are: {string.Join(", ", Signals.All.Select(known => known[3..]))}");
        var run = await new RunStore().StopAsync(options.GetRequiredValue(_id), signal, options.GetValue(_killAfter), context.Cancellation);
        RunDetails.Write(context.Terminal, run);
        return ExitCodes.Success;
    }
}
