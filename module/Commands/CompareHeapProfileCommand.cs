using System.Management.Automation;
using MemTools.Reports.Compare;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>What grew (positive) and shrank (negative) between two heap profiles.</summary>
[Cmdlet(VerbsData.Compare, "HeapProfile")]
[OutputType(typeof(HeapProfile))]
public sealed class CompareHeapProfileCommand : MemToolsCmdlet
{
    /// <summary>The older profile.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public HeapProfile ReferenceObject { get; set; } = null!;

    /// <summary>The newer profile.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    public HeapProfile DifferenceObject { get; set; } = null!;

    /// <summary>Scales the newer profile to the older one's totals first, as pprof.</summary>
    [Parameter]
    public SwitchParameter Normalize { get; set; }

    /// <summary>Keeps the older profile's values as negative ones of their own, so that shares are of the older profile (pprof's diff_base).</summary>
    [Parameter]
    public SwitchParameter DiffBase { get; set; }

    /// <summary>Leaves out stacks that shrank.</summary>
    [Parameter]
    public SwitchParameter DropNegative { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var difference = Await(token => ProfileMath.Subtract(DifferenceObject.Content, ReferenceObject.Content, Normalize, DiffBase, token));
        if (DropNegative)
            ProfileMath.DropNegative(difference);
        WriteObject(new HeapProfile([.. DifferenceObject.Paths, .. ReferenceObject.Paths], difference, DifferenceObject.Index) { IsDifference = true });
    }
}
