using System.Management.Automation;
using MemTools.Allocators;
using MemTools.Allocators.Detect;

namespace MemTools.Commands;

/// <summary>Lists the allocators that are known and those that are installed.</summary>
[Cmdlet(VerbsCommon.Get, "Allocator")]
[OutputType(typeof(Allocator))]
public sealed class GetAllocatorCommand : MemToolsCmdlet
{
    /// <summary>Names of the catalogue, or paths of libraries.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstallableCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Only those with a library here.</summary>
    [Parameter]
    public SwitchParameter Installed { get; set; }

    /// <summary>Also leak engines that are packages of their own.</summary>
    [Parameter]
    public SwitchParameter IncludeEngine { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var request = new FindRequest
        {
            Names = [.. Name.Select(n => n.Contains('/', StringComparison.Ordinal) ? Paths.Unresolved(n) : n)],
            IncludeEngines = IncludeEngine,
        };
        WriteVerbose("Looking for libraries and trying each with a canary program, unless it was tried before.");
        var found = Await(token => AllocatorFinder.FindAsync(LocalTarget.Instance, request, token));
        foreach (var allocator in found.Where(a => a.IsInstalled || !Installed))
        {
            if (allocator.Problem is { } problem)
                WriteVerbose($"{allocator.Path}: {problem}");
            WriteObject(allocator);
        }
    }
}
