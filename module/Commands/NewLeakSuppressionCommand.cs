using System.Management.Automation;
using System.Text;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;

namespace MemTools.Commands;

/// <summary>Makes suppressions from leaks.</summary>
[Cmdlet(VerbsCommon.New, "LeakSuppression", DefaultParameterSetName = ToOutput, SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class NewLeakSuppressionCommand : MemToolsCmdlet
{
    private const string ToOutput = "Output";
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";
    private readonly List<object> input = [];

    /// <summary>Leaks, reports, runs, or paths of reports.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public object[] InputObject { get; set; } = [];

    /// <summary>Why they are accepted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The last day.</summary>
    [Parameter]
    public DateTime? Expires { get; set; }

    /// <summary>A file to add them to.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPath)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file, as it is written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <inheritdoc/>
    protected override bool FailuresTerminate => true;

    /// <inheritdoc/>
    protected override void Process() => input.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void End()
    {
        var reports = new LeakReportReader(this, new()).ReadAny(input);
        using var writer = new StringWriter { NewLine = "\n" };
        SuppressionText.Write(writer, reports, Reason, Expires is { } day ? DateOnly.FromDateTime(day) : null);
        var text = writer.ToString();
        if (text.Length == 0)
            WriteWarning("There is no leak to suppress.");
        else if (ParameterSetName == ToOutput)
            WriteObject(text);
        else
            Append(Paths.Unresolved(ParameterSetName == ByPath ? Path : LiteralPath), text, reports);
    }

    private void Append(string file, string text, IReadOnlyList<LeakReport> reports)
    {
        if (!ShouldProcess(file, $"Add suppressions for {reports.Sum(r => r.Leaks.Count)} leak(s)"))
            return;
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write);
        if (stream.Position > 0)
            text = "\n" + text;
        stream.Write(new UTF8Encoding(false).GetBytes(text));
        WriteVerbose($"Added to {file}.");
    }
}
