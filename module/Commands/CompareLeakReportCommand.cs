using System.Management.Automation;
using MemTools.Reports.Compare;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>Says what is new, fixed, grown, shrunk or the same between two reports.</summary>
[Cmdlet(VerbsData.Compare, "LeakReport")]
[OutputType(typeof(LeakDifference))]
public sealed class CompareLeakReportCommand : MemToolsCmdlet
{
    private readonly List<LeakReport> current = [];

    /// <summary>The older reports: objects, runs, records, or paths.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [Alias("Baseline")]
    public object[] ReferenceObject { get; set; } = [];

    /// <summary>The newer reports.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public object[] DifferenceObject { get; set; } = [];

    /// <summary>By how many objects a leak may differ and still be the same.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long ObjectTolerance { get; set; } = new LeakComparisonOptions().ObjectTolerance;

    /// <summary>Also what is the same.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <inheritdoc/>
    protected override bool FailuresTerminate => true;

    /// <inheritdoc/>
    protected override void Process() => current.AddRange(Reader.ReadAny(DifferenceObject));

    /// <inheritdoc/>
    protected override void End()
    {
        var baseline = Reader.ReadAny(ReferenceObject);
        WriteVerbose($"Comparing {baseline.Sum(r => r.Leaks.Count)} stacks with {current.Sum(r => r.Leaks.Count)}.");
        // Nothing is fixed because nothing was checked.
        foreach (var report in baseline.Concat(current))
        {
            if (Unchecked.Error(report) is { } failure)
                WriteFailure(failure);
        }
        var options = new LeakComparisonOptions { ObjectTolerance = ObjectTolerance, IncludeSame = IncludeEqual };
        WriteObject(LeakComparison.Compare(baseline, current, options)
            .Select(d => d with { Stack = new CallStack(d.Stack) }), enumerateCollection: true);
    }

    private LeakReportReader Reader => new(this, new());
}
