using System.Management.Automation;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Commands;

/// <summary>Reads reports that Export-LeakReport or the command line wrote as JSON.</summary>
[Cmdlet(VerbsData.Import, "LeakReport", DefaultParameterSetName = ByPath)]
[OutputType(typeof(LeakReport))]
public sealed class ImportLeakReportCommand : MemToolsCmdlet
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";

    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ByPath)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, as they are written.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var file in ParameterSetName == ByPath ? Paths.Expand(Path) : LiteralPath.Select(Paths.Literal))
        {
            WriteVerbose($"Reading {file}.");
            var reports = Await(token =>
            {
                using var stream = File.OpenRead(file);
                return LeakReportJson.Read(stream, file, token);
            });
            WriteObject(reports.Select(CallStack.Wrap), enumerateCollection: true);
        }
    }
}
