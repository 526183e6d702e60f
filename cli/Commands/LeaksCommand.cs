using System.CommandLine;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;
using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Cli.Commands;

/// <summary>Reads leak reports of any engine and shows one record for each distinct stack.</summary>
internal sealed class LeaksCommand : CliCommand
{
    private readonly Argument<string[]> _paths = new("PATH") { Description = "reports, folders with reports, or - for standard input", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _run = Values.Texts("--run", "ID", "the reports of a run: its id, the beginning of it, or latest; waits when it still runs");
    private readonly Setting<bool> _allowUnchecked = Values.Flag("--allow-unchecked", "do not fail because something was not checked");
    private readonly Setting<OutputFormat> _format = OutputFormats.Option(
        "table", ("table", OutputFormat.Table), ("list", OutputFormat.List), ("json", OutputFormat.Json), ("csv", OutputFormat.Csv));

    private readonly SymbolOptions _symbols = new();

    public override IReadOnlyList<Example> Examples =>
    [
        new("leaks --run latest", "the leaks of the last run as a table"),
        new("leaks /tmp/dmserver.1234._main_-end.heap --format list", "a heap checker's file, each leak with its stack"),
        new("leaks server.log --binary ./dmserver --format json", "the heap checker's text in a kept standard error, as JSON"),
        new("leaks - --format csv < stderr.txt", "from standard input"),
    ];

    public override string Remarks => "Exit codes: 0 everything was checked and is clean, 1 leaks found, 3 something was not checked (unless --allow-unchecked).";

    public override Command Define()
    {
        _run.CompletionSources.Add(_ => new RunStore().Ids().Append("latest").Select(id => new System.CommandLine.Completions.CompletionItem(id)));
        var command = new Command("leaks") { _paths, _run, _format, _allowUnchecked };
        _symbols.AddTo(command);
        return command;
    }

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var paths = options.GetValue(_paths) ?? [];
        var runs = options.GetValue(_run) ?? [];
        if (paths.Length + runs.Length == 0)
            throw new UsageException("name reports, or a run with --run");
        var symbols = _symbols.Read(options);
        var reports = new List<LeakReport>();
        using (var progress = context.Progress())
        {
            using var input = StandardInputFile.For(paths);
            if (paths.Length > 0)
                reports.AddRange(LeakReports.Read(new LeakReportRequest { Paths = input.Paths, Symbols = symbols }, new LocalFileSource(), progress, context.Cancellation));
            var store = new RunStore();
            foreach (var id in runs)
            {
                var run = await store.WaitAsync(id, cancellation: context.Cancellation);
                reports.AddRange(RunReports.Read(run, symbols, RunFileSource.Of(run), progress, context.Cancellation));
            }
        }

        LeakOutput.Write(context.Terminal, reports, options.GetValue(_format));
        return RunExitCode.Of(reports, options.GetValue(_allowUnchecked));
    }
}
