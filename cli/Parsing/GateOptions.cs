using System.CommandLine;
using System.Globalization;
using MemTools.Cli.Output;
using MemTools.Reports.Compare;
using MemTools.Reports.Gate;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Parsing;

/// <summary>What a pipeline lets through and which reports it gets: the same options for each command that ends in a verdict about leaks.</summary>
internal sealed class GateOptions(bool isComparison = false)
{
    private readonly Option<string[]> _failOn = Values.Texts(
        "--fail-on", "LIMIT", "fail from so many bytes (24MB) or objects ('10 objects') on; any (the default) or none; may be repeated");

    private readonly Option<string?> _baseline = Values.Text("--baseline", "FILE", "count only what is new or has grown since this report");
    private readonly Setting<long?> _tolerance = Values.Count("--object-tolerance", "objects that may come or go without a change being reported (default: 1)");
    private readonly Option<string[]> _suppressions = Values.Texts("--suppressions", "FILE", "known leaks in LeakSanitizer's, valgrind's or heaptrack's form; may be repeated");
    private readonly Option<string[]> _ignore = Values.Texts("--ignore", "PATTERN", "leaks with a frame whose function, file or module matches do not count (* and ?); may be repeated");
    private readonly Option<string[]> _module = Values.Texts("--module", "PATTERN", "only leaks of matching modules count (* and ?); may be repeated");
    private readonly Option<string[]> _report = Values.Texts("--report", "FORMAT=FILE", $"also write a report ({LeakFormats.Names}); may be repeated");
    private readonly Option<string?> _sourceRoot = Values.Text("--source-root", "FOLDER", "where the sources were compiled: paths in reports become relative to it");
    private readonly Option<string?> _reason = Values.Text("--reason", "TEXT", "with suppressions as format: why the leaks are accepted");
    private readonly Option<string?> _expires = Values.Text("--expires", "DATE", "with suppressions as format: their last day, YYYY-MM-DD");

    public void AddTo(Command command)
    {
        _report.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value.IndexOf('=') is var at && (at <= 0 || at == token.Value.Length - 1 || LeakFormats.Find(token.Value[..at]) is null))
                    result.AddError($"--report needs FORMAT=FILE, not '{token.Value}'; formats: {LeakFormats.Names}");
            }
        });
        _failOn.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (LeakLimit.TryParse(token.Value) is null)
                    result.AddError($"--fail-on needs bytes such as 24MB, objects such as '10 objects', any or none, not '{token.Value}'");
            }
        });
        _expires.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && Day(result.Tokens[0].Value) is null)
                result.AddError($"--expires needs a date such as 2027-01-31, not '{result.Tokens[0].Value}'");
        });
        // A comparison has its baseline as an argument.
        if (!isComparison)
            command.Add(_baseline);
        foreach (var option in (Option[])[_failOn, _tolerance, _suppressions, _ignore, _module, _report, _sourceRoot, _reason, _expires])
            command.Add(option);
    }

    public GateRequest Read(ParseResult options)
    {
        string[] limits = options.GetValue(_failOn) ?? [];
        var gate = new LeakGateOptions
        {
            Ignore = options.GetValue(_ignore) ?? [],
            Modules = options.GetValue(_module) ?? [],
            Comparison = new LeakComparisonOptions { ObjectTolerance = options.GetValue(_tolerance) ?? 1 },
        };
        var baseline = isComparison ? null : options.GetValue(_baseline);
        return new GateRequest
        {
            Gate = LeakLimit.Apply(limits.Select(static text => LeakLimit.TryParse(text)!), gate),
            IsGate = limits.Length > 0 || baseline is not null || gate.Ignore.Count + gate.Modules.Count > 0,
            Baseline = baseline,
            Suppressions = options.GetValue(_suppressions) ?? [],
            Reports = [.. (options.GetValue(_report) ?? []).Select(static text => new ReportFile(LeakFormats.Find(text[..text.IndexOf('=')])!.Value, text[(text.IndexOf('=') + 1)..]))],
            Machine = new MachineReportOptions
            {
                SourceRoot = options.GetValue(_sourceRoot), Time = DateTimeOffset.UtcNow, Reason = options.GetValue(_reason),
                Expires = options.GetValue(_expires) is { } day ? Day(day) : null,
            },
        };
    }

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

/// <summary>The options' values.</summary>
internal sealed record GateRequest
{
    /// <summary>Limits and patterns; the baseline is still to be read.</summary>
    public required LeakGateOptions Gate { get; init; }

    /// <summary>True when the user set a limit, a baseline or a pattern: then the gate decides the exit code.</summary>
    public bool IsGate { get; init; }

    public string? Baseline { get; init; }

    public IReadOnlyList<string> Suppressions { get; init; } = [];

    public IReadOnlyList<ReportFile> Reports { get; init; } = [];

    public required MachineReportOptions Machine { get; init; }
}

/// <summary>A <c>--report FORMAT=PATH</c>.</summary>
internal sealed record ReportFile(LeakExportFormat Format, string Path);
