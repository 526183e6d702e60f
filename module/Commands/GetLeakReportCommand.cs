using System.Management.Automation;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>Reads leak reports into objects.</summary>
[Cmdlet(VerbsCommon.Get, "LeakReport", DefaultParameterSetName = ByPath)]
[OutputType(typeof(LeakRecord), typeof(LeakReport))]
public sealed class GetLeakReportCommand : LeakReportCmdlet
{
    /// <summary>Writes reports instead of their records.</summary>
    [Parameter]
    [Alias("Summary")]
    public SwitchParameter AsReport { get; set; }

    /// <summary>A report without a completed check is no error.</summary>
    [Parameter]
    public SwitchParameter AllowUnchecked { get; set; }

    /// <inheritdoc/>
    protected override void Take(IReadOnlyList<LeakReport> reports)
    {
        foreach (var report in reports)
        {
            Cancellation.ThrowIfCancellationRequested();
            WriteVerbose($"{report.Verdict}: {report.Bytes} bytes in {report.Objects} objects, {report.Leaks.Count} stacks "
                + $"({report.Engine} {report.Check} of {report.FilePath}). {report.VerdictReason}");
            foreach (var warning in report.Warnings)
                WriteWarning(warning);
            if (!AllowUnchecked && Unchecked.Error(report) is { } failure)
                WriteFailure(failure);
            if (AsReport)
                WriteObject(CallStack.Wrap(report));
            else
                WriteObject(report.Leaks.Select(CallStack.Wrap), enumerateCollection: true);
        }
    }
}
