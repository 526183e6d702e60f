using System.Management.Automation;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Views;

namespace MemTools.Commands;

/// <summary>Writes the page of a heap profile and opens it in the desktop's browser; gives its path where there is none.</summary>
[Cmdlet(VerbsCommon.Show, "HeapReport", DefaultParameterSetName = "Path")]
[OutputType(typeof(FileInfo))]
public sealed class ShowHeapReportCommand : HeapReportCmdlet
{
    /// <inheritdoc/>
    protected override void Report(IReadOnlyList<HeapProfile> series)
    {
        var profile = series[^1];
        var request = new ReportRequest { View = ReportView.Html, Options = Options(), Title = TitleOf(profile), Facts = Facts(series) };
        var folder = Directory.CreateTempSubdirectory("memtools-report-").FullName;
        var path = System.IO.Path.Combine(folder, "report.html");
        try
        {
            Await(token => ReportFile.WriteAsync(profile.Content, request, path, token));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        if (Desktop.Open(path))
            WriteVerbose($"Opened {path}.");
        else
            WriteObject(new FileInfo(path));
    }
}
