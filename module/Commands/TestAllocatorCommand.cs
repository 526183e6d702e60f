using System.Management.Automation;
using System.Text;
using MemTools.Allocators;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Allocators.Preflight;
using MemTools.Reports.Errors;

namespace MemTools.Commands;

/// <summary>Says beforehand whether an allocator would take effect and a leak check would run.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Allocator")]
[OutputType(typeof(PreflightFinding), typeof(bool))]
public sealed class TestAllocatorCommand : MemToolsCmdlet
{
    /// <summary>The program.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string FilePath { get; set; } = "";

    /// <summary>Arguments that it would be started with.</summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Catalogue name or path of a library.</summary>
    [Parameter]
    [AllocatorTransformation]
    [ArgumentCompleter(typeof(AllocatorCompleter))]
    public string? Allocator { get; set; }

    /// <summary>Mode of the planned leak check.</summary>
    [Parameter]
    [HeapCheckTransformation]
    [ArgumentCompleter(typeof(HeapCheckCompleter))]
    public HeapCheckMode HeapCheck { get; set; }

    /// <summary>The leak engine.</summary>
    [Parameter]
    [Alias("Engine")]
    [ArgumentCompleter(typeof(EngineCompleter))]
    public string HeapCheckEngine { get; set; } = "Auto";

    /// <summary>Only true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var request = new LaunchRequest
        {
            FilePath = Paths.Program(FilePath),
            Arguments = [.. ArgumentList.Select(Encoding.UTF8.GetBytes)],
            Allocator = Allocator is { } name && name.Contains('/', StringComparison.Ordinal) ? Paths.Unresolved(name) : Allocator,
            HeapCheck = HeapCheck,
            Engine = HeapCheckEngine.Equals("Auto", StringComparison.OrdinalIgnoreCase) ? null : HeapCheckEngine,
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
