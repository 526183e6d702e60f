using System.Management.Automation;
using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;

namespace MemTools.Commands;

/// <summary>Reads heap profiles: one object per file, a series in the order of its names.</summary>
[Cmdlet(VerbsCommon.Get, "HeapProfile", DefaultParameterSetName = "Path")]
[OutputType(typeof(HeapProfile))]
public sealed class GetHeapProfileCommand : HeapProfileCmdlet
{
    private int index;

    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, as they are written.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        // prefix.0001.heap, prefix.0002.heap: by name is by time.
        IEnumerable<string> files = ParameterSetName == "Path" ? DumpSeries.Sort(Paths.Expand(Path)) : LiteralPath.Select(Paths.Literal);
        foreach (var file in files)
        {
            try
            {
                WriteObject(Read(file, index++));
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }
}
