using System.CommandLine;
using System.Globalization;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Commands;

/// <summary>Lists the runs that are kept on disk.</summary>
internal sealed class RunsListCommand : CliCommand
{
    private readonly Option<int?> _last = new("--last") { Description = "only the newest so many", HelpName = "COUNT", Arity = ArgumentArity.ExactlyOne };
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("table", ("table", OutputFormat.Table), ("json", OutputFormat.Json));

    public override IReadOnlyList<Example> Examples =>
    [
        new("runs", "all runs, oldest first"),
        new("runs list --last 5 --format json", "the newest five as JSON"),
    ];

    public override Command Define() => new("list") { _last, _format };

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        IReadOnlyList<AllocatorRun> runs = [.. new RunStore().List(error => ErrorPrinter.Print(context.Terminal, error))];
        if (options.GetValue(_last) is { } count)
            runs = [.. runs.TakeLast(count)];
        if (options.GetValue(_format) == OutputFormat.Json)
            RunJsonOutput.Write(context.Terminal.OutStream, runs);
        else
            WriteTable(context.Terminal, runs);
        return Task.FromResult(ExitCodes.Success);
    }

    private static void WriteTable(Terminal terminal, IReadOnlyList<AllocatorRun> runs)
    {
        if (runs.Count == 0)
        {
            terminal.Error.WriteLine("There are no runs yet: memtools run starts one.");
            return;
        }

        var table = new TextTable("Id", "Started", "State", "Ended", "Verdict", "Program");
        foreach (var run in runs)
        {
            table.Add(
                run.Id, run.StartTime.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), run.State.ToString(),
                run.Signal ?? run.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "", run.HeapCheck == HeapCheckMode.None || !run.IsFinished ? "" : run.Verdict.ToString(), run.FilePath);
        }

        table.Write(terminal.Out, terminal.OutStyle.Strong);
    }
}
