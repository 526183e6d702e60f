using MemTools.Cli.Infrastructure;
using MemTools.Cli.Parsing;
using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Gate;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Running;

/// <summary>Reports after suppressions and baseline, and what the gate decides of them.</summary>
internal sealed class ScreenedReports
{
    private readonly LeakGateResult? _result;
    private readonly GateRequest _request;

    private ScreenedReports(IReadOnlyList<LeakReport> reports, IReadOnlyList<LeakReport>? baseline, LeakGateResult? result, GateRequest request) =>
        (Reports, Baseline, _result, _request) = (reports, baseline, result, request);

    /// <summary>What is shown: suppressed records set aside, each leak with its place in the comparison.</summary>
    public IReadOnlyList<LeakReport> Reports { get; }

    /// <summary>The older reports; null when there is no baseline.</summary>
    public IReadOnlyList<LeakReport>? Baseline { get; }

    /// <summary>How the gate decided; null when the user asked for none, so that the verdicts decide.</summary>
    public LeakGateOutcome? Outcome => _result?.Outcome;

    /// <summary>Sets aside, compares, decides.</summary>
    public static ScreenedReports Make(
        IReadOnlyList<LeakReport> reports, GateRequest request, bool allowUnchecked, SymbolizeOptions symbols, CommandContext context)
    {
        if (request.Suppressions.Count > 0)
        {
            List<LeakSuppression> known = [.. request.Suppressions.SelectMany(SuppressionFile.Read)];
            reports = LeakSuppressor.Apply(reports, known, DateOnly.FromDateTime(DateTime.Now)).Reports;
        }

        IReadOnlyList<LeakReport>? baseline = null;
        if (request.Baseline is { } path)
        {
            baseline = Read(path, symbols, context);
            reports = LeakComparison.Mark(baseline, reports, request.Gate.Comparison);
        }

        var result = request.IsGate || baseline is not null
            ? LeakGate.Decide(reports, request.Gate with { Baseline = baseline, AllowUnchecked = allowUnchecked })
            : null;
        return new(reports, baseline, result, request);
    }

    /// <summary>Reads one report.</summary>
    public static IReadOnlyList<LeakReport> Read(string path, SymbolizeOptions symbols, CommandContext context)
    {
        using var progress = context.Progress();
        return LeakReports.Read(new LeakReportRequest { Paths = [path], Symbols = symbols }, new LocalFileSource(), progress, context.Cancellation);
    }

    /// <summary>Writes the files of <c>--report</c>.</summary>
    public void WriteFiles(CommandContext context)
    {
        foreach (var (format, path) in _request.Reports)
            ReplacedFile.Write(path, overwrite: true, stream => LeakExport.Write(stream, Reports, format, _request.Machine, cancellation: context.Cancellation));
    }

    /// <summary>The gate's words on standard error: headline, totals against the limit, the largest leaks, how to accept them.</summary>
    public void WriteDecision(Terminal terminal, string source)
    {
        if (_result is null)
            return;
        terminal.Flush();
        if (_result.Outcome == LeakGateOutcome.Passed)
        {
            if (_request.IsGate)
                terminal.Error.WriteLine(terminal.ErrorStyle.Good(LeakGateText.Headline(_result)));
            return;
        }

        string[] lines = LeakGateText.Message(_result, Ways(_result, source)).Split('\n', 2);
        terminal.Error.WriteLine(terminal.ErrorStyle.Bad(TextCells.Safe(lines[0])));
        foreach (var line in lines.Length > 1 ? lines[1].Split('\n') : [])
            terminal.Error.WriteLine(TextCells.Safe(line));
    }

    private static string[] Ways(LeakGateResult result, string source) =>
    [
        $"as a baseline:     memtools leaks {source} --format json > leaks.json;  then --baseline leaks.json",
        $"by suppressions:   memtools leaks {source} --format suppressions --reason '…' >> leaks.supp;  then --suppressions leaks.supp",
        $"by limit:          --fail-on {result.Bytes + 1}",
    ];
}
