using System.Management.Automation;
using MemTools.Allocators;
using MemTools.Allocators.Provisioning;
using MemTools.Reports;

namespace MemTools.Commands;

/// <summary>Cmdlets that install and remove by name.</summary>
public abstract class AllocatorStoreCmdlet : MemToolsCmdlet
{
    /// <summary>Names of the catalogue.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InstallableCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The user's store or the system.</summary>
    [Parameter]
    [ValidateSet("CurrentUser", "AllUsers")]
    public string Scope { get; set; } = "CurrentUser";

    /// <summary>One version.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Version { get; set; }

    /// <summary>Although it is there, or still needed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected InstallScope ScopeValue => Enum.Parse<InstallScope>(Scope, ignoreCase: true);

    /// <summary>True when nothing is to be changed, only told.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? ((SwitchParameter)given).IsPresent
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Says the plan's exact commands where PowerShell says what would happen.</summary>
    private protected void Tell(InstallPlan plan, string verb)
    {
        var where = plan.Folder ?? $"the system of {plan.Target}";
        var text = plan.IsDone
            ? $"{plan.Name} needs nothing: it is as asked for."
            : $"{verb} {plan.Name} ({where}):" + string.Concat(plan.Commands.Select(c => System.Environment.NewLine + "    " + c));
        ShouldProcess(text, text, verb);
    }

    /// <summary>Shows progress, and each command in the verbose stream before it runs.</summary>
    private protected IProgress<ProgressStep> Steps() => new CommandSteps(Progress(), Verbose);

    private sealed class CommandSteps(IProgress<ProgressStep> bar, Action<string> verbose) : IProgress<ProgressStep>
    {
        private string? last;

        public void Report(ProgressStep value)
        {
            bar.Report(value);
            if (value.Detail is { Length: > 0 } detail && Interlocked.Exchange(ref last, detail) != detail)
                verbose($"{value.Activity}: {detail}");
        }
    }
}
