using System.CommandLine;
using System.Text;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;

namespace MemTools.Cli.Commands;

/// <summary>Watches a run that <c>memtools run --no-wait</c> began; started by it, not by people.</summary>
internal sealed class SuperviseCommand : CliCommand
{
    private readonly RunOptions _options = new();

    public override IReadOnlyList<Example> Examples => [];

    public override Command Define() => new("supervise");

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        Supervisor.Detach();
        var (words, program) = Supervisor.Receive();
        var parsed = _options.Define("run").Parse([.. words]);
        var request = _options.Request(parsed, [.. program.Select(Encoding.UTF8.GetString)], [.. program.Skip(1)]);
        using var streams = new ProgramStreams(context.Terminal, null, null, outputIsOurs: true);
        await using var running = await Launcher.StartAsync(request, observer: streams.Observer(parsed.GetValue(_options.Verbose)), cancellation: context.Cancellation);
        var run = running.Run;
        if (parsed.GetValue(_options.Format) == OutputFormat.Json)
            RunJsonOutput.Write(context.Terminal.OutStream, run);
        else
            context.Terminal.Out.WriteLine(run.Id);
        // A signal to the supervisor is one to its program.
        context.Interrupts.Handler = (signal, _) =>
        {
            running.Interrupt(signal);
            return true;
        };
        Supervisor.LetGo(context.Terminal);
        await running.WaitAsync(CancellationToken.None);
        return ExitCodes.Success;
    }
}
