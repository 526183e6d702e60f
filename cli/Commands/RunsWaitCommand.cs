using System.CommandLine;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;
using MemTools.Reports.Errors;

namespace MemTools.Cli.Commands;

/// <summary>Waits for the end of a run, also one that another session started.</summary>
internal sealed class RunsWaitCommand : CliCommand
{
    private readonly Argument<string> _id = RunArgument.One();
    private readonly Setting<TimeSpan?> _timeout = Values.Duration("--timeout", "how long to wait; the run goes on");
    private readonly Setting<bool> _allowUnchecked = Values.Flag("--allow-unchecked", "do not fail because something was not checked");
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("list", ("list", OutputFormat.List), ("json", OutputFormat.Json));

    public override IReadOnlyList<Example> Examples => [new("runs wait latest --timeout 10m", "ends with the exit code that 'memtools run' would have had")];

    public override Command Define() => new("wait") { _id, _timeout, _allowUnchecked, _format };

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var limit = options.GetValue(_timeout);
        var run = await new RunStore().WaitAsync(options.GetRequiredValue(_id), limit, context.Cancellation);
        if (!run.IsFinished)
        {
            throw new MemToolsException(
                "RunWaitTimedOut", MemToolsErrorCategory.OperationTimeout, $"Run {run.Id} still runs after {limit}.", run.Id,
                "Wait again, or stop it: memtools runs stop.");
        }

        if (options.GetValue(_format) == OutputFormat.Json)
            RunJsonOutput.Write(context.Terminal.OutStream, run);
        else
            RunDetails.Write(context.Terminal, run);
        return RunExitCode.Of(run, options.GetValue(_allowUnchecked));
    }
}
