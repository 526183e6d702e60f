using System.Management.Automation;
using MemTools.Allocators.Launch;

namespace MemTools.Commands;

/// <summary>Cmdlets that work on runs given as objects or by id.</summary>
public abstract class AllocatorRunCmdlet : MemToolsCmdlet
{
    private protected const string ByRun = "Run";
    private protected const string ById = "Id";

    /// <summary>Runs as objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByRun)]
    [ValidateNotNullOrEmpty]
    public AllocatorRun[] Run { get; set; } = [];

    /// <summary>Runs by id.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ById)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>The user's runs.</summary>
    protected RunStore Store { get; } = new();

    /// <summary>The runs that the current input names, as they are now. A run that cannot be read is an error of its own.</summary>
    protected IEnumerable<AllocatorRun> Selected() => ParameterSetName == ByRun
        ? RunSelection.Find(Store, Run.Select(r => r.Id), WriteFailure)
        : RunSelection.Find(Store, Id, WriteFailure);
}
