using System.Management.Automation;
using MemTools.Reports;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Views;

namespace MemTools.Commands;

/// <summary>Makes a report of a heap profile: rows as objects, or any view as text or a file.</summary>
[Cmdlet(VerbsCommon.New, "HeapReport", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(TopRow), typeof(string), typeof(FileInfo))]
public sealed class NewHeapReportCommand : HeapReportCmdlet
{
    /// <summary>The view; rows as objects unless given.</summary>
    [Parameter]
    [Alias("Format")]
    public ReportView? View { get; set; }

    /// <summary>File to write instead of the pipeline.</summary>
    [Parameter]
    [Alias("OutFile")]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>Functions that Peek and List show.</summary>
    [Parameter]
    public string Pattern { get; set; } = ".";

    /// <summary>Folders with source files, for List.</summary>
    [Parameter]
    public string[] SourcePath { get; set; } = [];

    /// <summary>FlameGraph from the allocation outwards.</summary>
    [Parameter]
    public SwitchParameter Inverted { get; set; }

    /// <inheritdoc/>
    protected override void Report(IReadOnlyList<HeapProfile> series)
    {
        var profile = series[^1];
        if (View is null && OutputPath is null)
        {
            var options = Options();
            WriteObject(Await(token => TopView.Rows(GraphTrimmer.Build(FrameTableBuilder.Build(profile.Content, options, token), options, false, token), options)), enumerateCollection: true);
            return;
        }

        var request = new ReportRequest
        {
            View = View ?? ReportView.Text, Options = Options(), Pattern = Pattern, SourcePaths = [.. SourcePath.Select(Paths.Literal)], Inverted = Inverted, Title = TitleOf(profile),
            Facts = Facts(series),
        };
        if (OutputPath is null)
        {
            using var text = new MemoryStream();
            Await(token => ReportGenerator.WriteAsync(profile.Content, request, text, new LocalFileSource(), token));
            foreach (var line in System.Text.Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length).TrimEnd('\n').Split('\n'))
                WriteObject(line);
            return;
        }

        var path = Paths.Unresolved(OutputPath);
        if (!ShouldProcess(path, $"Write {request.View} report"))
            return;
        Await(token => ReportFile.WriteAsync(profile.Content, request, path, token));
        WriteObject(new FileInfo(path));
    }
}
