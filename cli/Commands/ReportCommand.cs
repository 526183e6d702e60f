using System.CommandLine;
using MemTools.Cli.Parsing;
using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Writers.Views;

namespace MemTools.Cli.Commands;

/// <summary>The report generator. Option names are pprof's.</summary>
internal sealed class ReportCommand : CliCommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "profiles of one kind; dumps of one process are a series, others are added up", Arity = ArgumentArity.OneOrMore };
    private readonly Option<ReportView> _format = new("--format", "-f")
    {
        Description = "text (unless given), tree, traces, peek, list, dot, svg, flamegraph, html, callgrind, pprof, topproto, collapsed, speedscope, json, csv, tags, raw, comments or perltext",
        HelpName = "VIEW",
        DefaultValueFactory = _ => ReportView.Text,
        CustomParser = Names.Parse<ReportView>,
    };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "file to write; standard output unless given", HelpName = "FILE" };
    private readonly Option<string[]> _binary = new("--binary") { Description = "program or library to take symbols from instead of the recorded path", HelpName = "FILE" };
    private readonly Option<string[]> _symbolPath = new("--symbol-path") { Description = "folder with debug files", HelpName = "DIR" };
    private readonly Option<string[]> _debuginfod = new("--debuginfod-url") { Description = "debuginfod server; DEBUGINFOD_URLS unless given", HelpName = "URL" };
    private readonly Option<bool> _noSymbols = new("--no-symbols") { Description = "leave addresses without names" };
    private readonly Option<string[]> _sourcePath = new("--source_path") { Description = "folder with source files, for list", HelpName = "DIR" };
    private readonly Option<string?> _pattern = new("--pattern") { Description = "functions that peek and list show", HelpName = "REGEX" };
    private readonly Option<string?> _base = new("--base") { Description = "profile to subtract; what is equal goes away", HelpName = "FILE" };
    private readonly Option<string?> _diffBase = new("--diff_base") { Description = "profile to subtract; shares are of its total", HelpName = "FILE" };
    private readonly Option<bool> _normalize = new("--normalize") { Description = "scale the profile to the base's total first" };
    private readonly Option<bool> _dropNegative = new("--drop_negative") { Description = "leave out stacks that shrank" };
    private readonly Option<bool> _series = new("--series") { Description = "the files are dumps over time: show the last one and the totals of all" };
    private readonly Option<bool> _sum = new("--sum") { Description = "add the files up, also when they are dumps of one process" };
    private readonly Option<int?> _thread = new("--thread") { Description = "only what this thread allocated (jemalloc's number)", HelpName = "N" };
    private readonly Option<bool> _inverted = new("--inverted") { Description = "flame graph from the allocation outwards" };
    private readonly Option<string?> _title = new("--title") { Description = "title of pictures and pages", HelpName = "TEXT" };
    private readonly ReportOptionSet _options = new();

    public override IReadOnlyList<Example> Examples =>
    [
        new("report server.0001.heap", "the functions that hold the memory, largest first"),
        new("report --format html -o heap.html server.0001.heap", "a page with flame graph, search and stacks"),
        new("report -f html -o heap.html server.*.heap", "the last dump of a series, and the heap over time"),
        new("report --base server.0001.heap server.0009.heap --cum", "what grew between two dumps"),
        new("report -f flamegraph --focus Parse -o parse.svg server.0001.heap", "a picture of the stacks through Parse"),
    ];

    public override Command Define()
    {
        var command = new Command("report")
        {
            _files, _format, _output, _binary, _symbolPath, _debuginfod, _noSymbols, _sourcePath, _pattern, _base, _diffBase, _normalize, _dropNegative, _series, _sum, _thread, _inverted, _title,
        };
        _options.AddTo(command);
        return command;
    }

    public override async Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        string[] files = options.GetRequiredValue(_files);
        bool isSeries = options.GetValue(_series) || (!options.GetValue(_sum) && DumpSeries.Holds(files));
        if (isSeries)
            files = DumpSeries.Sort(files);
        var plan = new ReportPlan
        {
            Files = files,
            Base = options.GetValue(_base) ?? options.GetValue(_diffBase),
            KeepSides = options.GetValue(_diffBase) is not null,
            Normalize = options.GetValue(_normalize),
            DropNegative = options.GetValue(_dropNegative),
            IsSeries = isSeries,
            Thread = options.GetValue(_thread),
            Symbols = options.GetValue(_noSymbols) ? null : new SymbolizeOptions
            {
                BinaryPaths = options.GetValue(_binary) ?? [],
                SymbolPaths = options.GetValue(_symbolPath) ?? [],
                DebuginfodUrls = options.GetValue(_debuginfod) is { Length: > 0 } urls ? urls : ReportPlan.EnvironmentUrls,
            },
            Output = options.GetValue(_output),
            Request = new ReportRequest
            {
                View = options.GetValue(_format),
                Options = _options.Read(options),
                Pattern = options.GetValue(_pattern) ?? ".",
                Inverted = options.GetValue(_inverted),
                SourcePaths = options.GetValue(_sourcePath) ?? [],
                Title = options.GetValue(_title) ?? Path.GetFileName(files[^1]),
            },
        };
        await plan.RunAsync(context);
        return ExitCodes.Success;
    }
}
