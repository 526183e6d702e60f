using System.CommandLine;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;
using MemTools.Cli.Running;
using MemTools.Reports.Compare;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Commands;

/// <summary>Compares the leaks of two reports.</summary>
internal sealed class CompareCommand : CliCommand
{
    private readonly Argument<string> _baseline = new("BASELINE") { Description = "the older report: any that 'memtools leaks' reads, JSON included" };
    private readonly Argument<string> _current = new("CURRENT") { Description = "the newer report" };
    private readonly Setting<bool> _all = Values.Flag("--all", "also what is the same in both");
    private readonly Setting<bool> _allowUnchecked = Values.Flag("--allow-unchecked", "do not fail because something was not checked");
    private readonly Setting<LeakExportFormat> _format = LeakFormats.Option();
    private readonly GateOptions _gate = new(isComparison: true);
    private readonly SymbolOptions _symbols = new();

    public override IReadOnlyList<Example> Examples =>
    [
        new("compare baseline.json current.json", "what is new, fixed, grown and shrunk"),
        new("compare old.heap new.heap --all", "also what is the same"),
        new("compare baseline.json current.json --fail-on 4KB --suppressions leaks.supp", "small growth and known leaks pass"),
        new("compare baseline.json current.json --format markdown", "the newer report with the state of each leak, for a comment"),
    ];

    public override string Remarks =>
        "Formats other than table and json hold the newer report, each leak with its state.\n"
        + "Exit codes: 1 when there are new or grown leaks (or more than --fail-on allows), 3 when one of the reports holds no completed check (unless --allow-unchecked), else 0.";

    public override Command Define()
    {
        var command = new Command("compare") { _baseline, _current, _all, _format, _allowUnchecked };
        _gate.AddTo(command);
        _symbols.AddTo(command);
        return command;
    }

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var baseline = options.GetRequiredValue(_baseline);
        var current = options.GetRequiredValue(_current);
        var allowUnchecked = options.GetValue(_allowUnchecked);
        var request = _gate.Read(options) with { Baseline = baseline };
        var symbols = _symbols.Read(options);
        var screened = ScreenedReports.Make(ScreenedReports.Read(current, symbols, context), request, allowUnchecked, symbols, context);
        var settings = request.Gate.Comparison with { IncludeSame = options.GetValue(_all) };
        var differences = LeakComparison.Compare(screened.Baseline!, screened.Reports, settings);
        switch (options.GetValue(_format))
        {
            case LeakExportFormat.Json:
                DifferenceOutput.WriteJson(context.Terminal.OutStream, differences);
                break;
            case LeakExportFormat.Table:
                DifferenceOutput.WriteTable(context.Terminal, differences);
                break;
            case var format:
                LeakOutput.Write(context.Terminal, screened.Reports, format, request.Machine, context.Cancellation);
                break;
        }

        screened.WriteFiles(context);
        screened.WriteDecision(context.Terminal, current);
        var code = RunExitCode.Of(screened, allowUnchecked);
        // Nothing is fixed because nothing was checked.
        if (code != ExitCodes.Success || allowUnchecked || screened.Baseline!.FirstOrDefault(static report => report.Verdict == Verdict.NotChecked) is not { } missing)
            return Task.FromResult(code);
        context.Terminal.Error.WriteLine($"{context.Terminal.ErrorStyle.Warn("The older report was not checked:")} {missing.VerdictReason}");
        return Task.FromResult(ExitCodes.NotChecked);
    }
}
