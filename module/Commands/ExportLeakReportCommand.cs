using System.Management.Automation;
using System.Text;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Commands;

/// <summary>Forms that Export-LeakReport writes.</summary>
public enum LeakReportFormat
{
    /// <summary>The documented JSON, also the form of a baseline.</summary>
    Json,

    /// <summary>A row per record.</summary>
    Csv,

    /// <summary>A table for people.</summary>
    Table,

    /// <summary>Records with their stacks, for people.</summary>
    List,
}

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
    public LeakReportFormat Format { get; set; }

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
        var reports = new LeakReportReader(this, new()).ReadAny(input);
        foreach (var failure in reports.Select(Unchecked.Error).Where(e => e is not null))
            WriteWarning(failure!.Message);
        var file = Paths.Unresolved(ParameterSetName == ByPath ? Path : LiteralPath);
        if (!ShouldProcess(file, $"Write {reports.Count} report(s) as {Format}"))
            return;
        ReplacedFile.Write(file, !NoClobber, stream => Write(stream, reports));
        WriteVerbose($"Wrote {file}.");
        if (PassThru)
            WriteObject(new FileInfo(file));
    }

    private void Write(Stream stream, IReadOnlyList<LeakReport> reports)
    {
        if (Format == LeakReportFormat.Json)
        {
            LeakReportJson.Write(stream, reports);
            return;
        }
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        switch (Format)
        {
            case LeakReportFormat.Csv: LeakCsvWriter.Write(writer, reports); break;
            case LeakReportFormat.List: LeakListWriter.Write(writer, reports, new LeakTextOptions()); break;
            default: LeakTableWriter.Write(writer, reports, new LeakTextOptions()); break;
        }
    }
}
