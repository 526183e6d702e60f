using System.CommandLine;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;
using MemTools.Containers;
using MemTools.Reports;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Commands;

/// <summary>Reads leak reports of any engine, shows one record for each distinct stack, and decides whether a pipeline passes.</summary>
internal sealed class LeaksCommand : CliCommand
{
    private readonly Argument<string[]> _paths = new("PATH") { Description = "reports, folders with reports, or - for standard input", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _run = Values.Texts("--run", "ID", "the reports of a run: its id, the beginning of it, or latest; waits when it still runs");
    private readonly Option<string[]> _container = Values.Texts(
        "--container", "NAME", "the reports of a container that was started with HEAPCHECK in its environment: from its log and files");

    private readonly Setting<bool> _allowUnchecked = Values.Flag("--allow-unchecked", "do not fail because something was not checked");
    private readonly Setting<LeakExportFormat> _format = LeakFormats.Option();
    private readonly GateOptions _gate = new();
    private readonly SymbolOptions _symbols = new();

    public override IReadOnlyList<Example> Examples =>
    [
        new("leaks --run latest", "the leaks of the last run as a table"),
        new("leaks /tmp/dmserver.1234._main_-end.heap --format list", "a heap checker's file, each leak with its stack"),
        new("leaks server.log --binary ./dmserver --format json", "the heap checker's text in a kept standard error, as JSON"),
        new("leaks --container web", "a container that others started with HEAPCHECK in its environment: its log and files, named here"),
        new("leaks - --format csv < stderr.txt", "from standard input"),
        new("leaks --run latest --fail-on 24MB --baseline leaks.json", "fails when what is new since the baseline is 24 MiB or more"),
        new("leaks --run latest --suppressions leaks.supp --report sarif=leaks.sarif --report junit=leaks.xml", "reports for code scanning and for the test page of a CI server"),
        new("leaks --run latest --format suppressions --reason 'one per thread, by design' >> leaks.supp", "accepts the leaks by suppressions"),
    ];

    public override string Remarks =>
        "Exit codes: 0 everything was checked and is clean, or within the limits; 1 leaks found, or more than the limits allow; 3 something was not checked (unless --allow-unchecked).";

    public override Command Define()
    {
        _run.CompletionSources.Add(_ => new RunStore().Ids().Append("latest").Select(id => new System.CommandLine.Completions.CompletionItem(id)));
        var command = new Command("leaks") { _paths, _run, _container, _format, _allowUnchecked };
        _gate.AddTo(command);
        _symbols.AddTo(command);
        return command;
    }

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        string[] paths = options.GetValue(_paths) ?? [];
        string[] runs = options.GetValue(_run) ?? [];
        string[] containers = options.GetValue(_container) ?? [];
        if (paths.Length + runs.Length + containers.Length == 0)
            throw new UsageException("name reports, a run with --run, or a container with --container");
        var format = options.GetValue(_format);
        if (format == LeakExportFormat.Pprof && context.Terminal.OutIsTerminal)
            throw new UsageException("pprof's format is binary; redirect standard output to a file");
        var symbols = _symbols.Read(options);
        var request = _gate.Read(options);
        var allowUnchecked = options.GetValue(_allowUnchecked);
        var read = await ReadAsync(paths, runs, containers, symbols, context);
        var screened = ScreenedReports.Make(read, request, allowUnchecked, symbols, context);
        LeakOutput.Write(context.Terminal, screened.Reports, format, request.Machine, context.Cancellation);
        screened.WriteFiles(context);
        screened.WriteDecision(context.Terminal, string.Join(' ', [.. paths, .. runs.Select(static id => "--run " + id), .. containers.Select(static name => "--container " + name)]));
        return RunExitCode.Of(screened, allowUnchecked);
    }

    private static async Task<List<LeakReport>> ReadAsync(string[] paths, string[] runs, string[] containers, SymbolizeOptions symbols, CommandContext context)
    {
        var reports = new List<LeakReport>();
        using var progress = context.Progress();
        using var input = StandardInputFile.For(paths);
        if (paths.Length > 0)
            reports.AddRange(LeakReports.Read(new LeakReportRequest { Paths = input.Paths, Symbols = symbols }, new LocalFileSource(), progress, context.Cancellation));
        var store = new RunStore();
        foreach (var id in runs)
        {
            var run = await store.WaitAsync(id, cancellation: context.Cancellation);
            reports.AddRange(RunReports.Read(run, symbols, RunFileSource.Of(run), progress, context.Cancellation));
        }

        foreach (var name in containers)
            reports.AddRange(await ContainerReports.ReadAsync(name, symbols, progress: progress, cancellation: context.Cancellation));
        return reports;
    }
}
