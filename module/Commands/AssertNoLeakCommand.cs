using System.Management.Automation;
using MemTools.Reports.Errors;
using MemTools.Reports.Gate;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>Fails when programs leak more than allowed, or were not checked.</summary>
[Cmdlet(VerbsLifecycle.Assert, "NoLeak", DefaultParameterSetName = ByPath)]
[OutputType(typeof(LeakGateResult))]
public sealed class AssertNoLeakCommand : LeakReportCmdlet
{
    private readonly List<LeakReport> reports = [];

    /// <summary>Fewer bytes than this pass.</summary>
    [Parameter]
    [ByteSizeTransformation]
    [ValidateRange(0, long.MaxValue)]
    public long? LessThan { get; set; }

    /// <summary>This many objects pass.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long? MaxObjects { get; set; }

    /// <summary>A baseline: only what is new or has grown since counts.</summary>
    [Parameter]
    [Alias("Baseline")]
    [ValidateNotNullOrEmpty]
    public object[]? NewSince { get; set; }

    /// <summary>Leaks with a matching frame do not count.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>Only leaks of matching modules count.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Module { get; set; } = [];

    /// <summary>Why there must be none; part of the message.</summary>
    [Parameter]
    public string? Because { get; set; }

    /// <summary>A program without a completed check passes.</summary>
    [Parameter]
    public SwitchParameter AllowUnchecked { get; set; }

    /// <summary>Writes the decision.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override bool FailuresTerminate => true;

    /// <inheritdoc/>
    protected override void Take(IReadOnlyList<LeakReport> reports) => this.reports.AddRange(reports);

    /// <inheritdoc/>
    protected override void End()
    {
        base.End();
        var result = LeakGate.Decide(reports, new LeakGateOptions
        {
            LessThanBytes = LessThan,
            MaxObjects = MaxObjects,
            Baseline = NewSince is null ? null : Reader.ReadAny(NewSince),
            Ignore = Ignore,
            Modules = Module,
            AllowUnchecked = AllowUnchecked,
        });
        WriteVerbose(LeakGateText.Headline(result));
        if (result.Outcome != LeakGateOutcome.Passed)
            throw Failure(result);
        if (PassThru)
            WriteObject(result);
    }

    private MemToolsException Failure(LeakGateResult result)
    {
        var because = Because is null ? "" : $"Expected no leak, because {Because.Trim()}, but: ";
        return result.Outcome == LeakGateOutcome.Leaks
            ? new("LeaksFound", MemToolsErrorCategory.InvalidData, because + LeakGateText.Message(result, Ways(result)), result,
                "Mend the leaks that the message lists, or accept them as it says.")
            : new("NotChecked", MemToolsErrorCategory.InvalidOperation, because + LeakGateText.Message(result, []), result,
                "Do what the message says and run it again, or accept unchecked programs with -AllowUnchecked.");
    }

    // Each way as the user would type it.
    private static List<string> Ways(LeakGateResult result)
    {
        var run = result.Reports.Select(r => r.Run).FirstOrDefault(r => r is not null);
        var source = run is not null ? $"Get-AllocatorRun {run}" : "Get-LeakReport ... -AsReport";
        var ways = new List<string> { $"as a baseline:   {source} | Export-LeakReport baseline.json;  then -NewSince baseline.json" };
        ways.Add($"by suppressions: {source} | New-LeakSuppression -Reason '...' -Path leaks.supp;  then -Suppression leaks.supp");
        if (result.Leaks.Count > 0 && result.Leaks[0].Function is { } function)
            ways.Add($"by pattern:      -Ignore '{Pattern(function)}'");
        ways.Add($"by limit:        -LessThan {result.Bytes + 1}");
        return ways;
    }

    // Parameters tell overloads apart, but are long and hold asterisks of their own.
    private static string Pattern(string function)
    {
        var end = function.IndexOf('(', 1 < function.Length ? 1 : 0);
        return (end > 0 ? function[..end] + "*" : function).Replace("'", "''", StringComparison.Ordinal);
    }
}
