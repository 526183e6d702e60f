using System.CommandLine;
using MemTools.Cli.Infrastructure;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Cli.Commands;

/// <summary>Compares the leaks of two reports.</summary>
internal sealed class CompareCommand : CliCommand
{
    private readonly Argument<string> _baseline = new("BASELINE") { Description = "the older report: any that 'memtools leaks' reads, JSON included" };
    private readonly Argument<string> _current = new("CURRENT") { Description = "the newer report" };
    private readonly Setting<bool> _all = Values.Flag("--all", "also what is the same in both");
    private readonly Setting<long?> _tolerance = Values.Size("--object-tolerance", "objects that may come or go without a change being reported (default: 1)");
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("table", ("table", OutputFormat.Table), ("json", OutputFormat.Json));
    private readonly SymbolOptions _symbols = new();

    public override IReadOnlyList<Example> Examples =>
    [
        new("compare baseline.json current.json", "what is new, fixed, grown and shrunk"),
        new("compare old.heap new.heap --all", "also what is the same"),
    ];

    public override string Remarks => "Exit codes: 1 when there are new or grown leaks, 3 when one of the reports holds no completed check, else 0.";

    public override Command Define()
    {
        var command = new Command("compare") { _baseline, _current, _all, _tolerance, _format };
        _symbols.AddTo(command);
        return command;
    }

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var (before, after) = (Read(_baseline, options, context), Read(_current, options, context));
        var settings = new LeakComparisonOptions { IncludeSame = options.GetValue(_all), ObjectTolerance = options.GetValue(_tolerance) ?? 1 };
        var differences = LeakComparison.Compare(before, after, settings);
        if (options.GetValue(_format) == OutputFormat.Json)
            DifferenceOutput.WriteJson(context.Terminal.OutStream, differences);
        else
            DifferenceOutput.WriteTable(context.Terminal, differences);
        if (differences.Any(difference => difference.Status is LeakStatus.New or LeakStatus.Grown))
            return Task.FromResult(ExitCodes.LeaksFound);
        var unchecked_ = before.Concat(after).FirstOrDefault(report => report.Verdict == Verdict.NotChecked);
        if (unchecked_ is null)
            return Task.FromResult(ExitCodes.Success);
        context.Terminal.Error.WriteLine($"{context.Terminal.ErrorStyle.Warn("Not checked:")} {unchecked_.VerdictReason}");
        return Task.FromResult(ExitCodes.NotChecked);
    }

    private IReadOnlyList<LeakReport> Read(Argument<string> path, ParseResult options, CommandContext context)
    {
        using ProgressBar? progress = context.Progress();
        return LeakReports.Read(
            new LeakReportRequest { Paths = [options.GetRequiredValue(path)], Symbols = _symbols.Read(options) }, new LocalFileSource(), progress, context.Cancellation);
    }
}
