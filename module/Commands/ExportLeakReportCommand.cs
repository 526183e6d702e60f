using System.Management.Automation;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Commands;

/// <summary>Writes reports to a file.</summary>
[Cmdlet(VerbsData.Export, "LeakReport", DefaultParameterSetName = ByPath, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportLeakReportCommand : MemToolsCmdlet
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";
    private readonly List<object> input = [];

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file, as it is written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>Reports, runs, records, or paths.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public object[] InputObject { get; set; } = [];

    /// <summary>The form.</summary>
    [Parameter(Position = 1)]
    public LeakExportFormat Format { get; set; }

    /// <summary>Files of known leaks.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Suppression { get; set; } = [];

    /// <summary>The folder that the sources were compiled in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SourceRoot { get; set; }

    /// <summary>A file that is there is an error.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Writes the file as an object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override bool FailuresTerminate => true;

    /// <inheritdoc/>
    protected override void Process() => input.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void End()
    {
        var reader = new LeakReportReader(this, new());
        var reports = reader.Suppress(reader.ReadAny(input), Suppression);
        foreach (var failure in reports.Select(Unchecked.Error).Where(e => e is not null))
            WriteWarning(failure!.Message);
        var file = Paths.Unresolved(ParameterSetName == ByPath ? Path : LiteralPath);
        if (!ShouldProcess(file, $"Write {reports.Count} report(s) as {Format}"))
            return;
        var machine = new MachineReportOptions { SourceRoot = SourceRoot, Time = DateTimeOffset.UtcNow };
        ReplacedFile.Write(file, !NoClobber, stream => LeakExport.Write(stream, reports, Format, machine, cancellation: Cancellation));
        WriteVerbose($"Wrote {file}.");
        if (PassThru)
            WriteObject(new FileInfo(file));
    }
}
