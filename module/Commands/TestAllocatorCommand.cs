using System.Management.Automation;
using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Preflight;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Says beforehand whether an allocator would take effect and a leak check would run.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Allocator")]
[OutputType(typeof(PreflightFinding), typeof(bool))]
public sealed class TestAllocatorCommand : ProgramCmdlet
{
    /// <summary>Only true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var request = Program() with
        {
            WorkingDirectory = Paths.CurrentDirectory,
            // All findings are wanted, not only the first that would stop a start.
            AllowUnchecked = true,
        };
        try
        {
            var plan = Await(token => LaunchPlanner.PlanAsync(request, LocalTarget.Instance, new LaunchObserver { Verbose = Verbose }, token));
            Report(plan.Findings);
        }
        catch (MemToolsException e) when (Quiet)
        {
            WriteVerbose(e.Message);
            WriteObject(false);
        }
    }

    private void Report(IReadOnlyList<PreflightFinding> findings)
    {
        if (!Quiet)
        {
            WriteObject(findings, enumerateCollection: true);
            return;
        }
        foreach (var finding in findings)
            WriteVerbose($"{finding.Severity} {finding.Id}: {finding.Message}");
        WriteObject(findings.All(f => f.Severity != PreflightSeverity.Blocking));
    }
}
