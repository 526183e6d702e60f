using System.Text;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Pprof;

namespace MemTools.Reports.Writers;

/// <summary>Forms of a leak report.</summary>
public enum LeakExportFormat
{
    /// <summary>The documented contract (docs/json.md), also the form of a baseline.</summary>
    Json,

    /// <summary>A row per record.</summary>
    Csv,

    /// <summary>A table for people.</summary>
    Table,

    /// <summary>Records with their stacks, for people.</summary>
    List,

    /// <summary>SARIF 2.1.0, for code scanning.</summary>
    Sarif,

    /// <summary>JUnit XML, for test reports of CI servers.</summary>
    JUnit,

    /// <summary>A summary for job pages and comments.</summary>
    Markdown,

    /// <summary>GitHub Actions' annotations.</summary>
    GitHub,

    /// <summary>GitLab's code quality report.</summary>
    GitLab,

    /// <summary>A page with table, graph and flame graph, for people.</summary>
    Html,

    /// <summary>pprof's profile.proto, gzipped.</summary>
    Pprof,

    /// <summary>A suppression for each leak (docs/suppressions.md).</summary>
    Suppressions,
}

/// <summary>Writes reports in any form.</summary>
public static class LeakExport
{
    /// <summary>Writes to a stream, as UTF-8 without a byte order mark.</summary>
    public static void Write(
        Stream stream, IReadOnlyList<LeakReport> reports, LeakExportFormat format, MachineReportOptions? machine = null, LeakTextOptions? text = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        machine ??= new MachineReportOptions();
        switch (format)
        {
            case LeakExportFormat.Json:
                LeakReportJson.Write(stream, reports);
                return;
            case LeakExportFormat.Sarif:
                SarifWriter.Write(stream, reports, machine);
                return;
            case LeakExportFormat.JUnit:
                JUnitWriter.Write(stream, reports, machine);
                return;
            case LeakExportFormat.GitLab:
                GitLabCodeQualityWriter.Write(stream, reports, machine);
                return;
            case LeakExportFormat.Html:
                LeakPage.Write(stream, reports, cancellation);
                return;
            case LeakExportFormat.Pprof:
                PprofWriter.Write(LeakProfile.Of(reports), stream, cancellation);
                return;
        }

        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 16 * 1024, leaveOpen: true) { NewLine = "\n" };
        switch (format)
        {
            case LeakExportFormat.Csv:
                LeakCsvWriter.Write(writer, reports);
                break;
            case LeakExportFormat.List:
                LeakListWriter.Write(writer, reports, text ?? new LeakTextOptions());
                break;
            case LeakExportFormat.Markdown:
                MarkdownWriter.Write(writer, reports, machine);
                break;
            case LeakExportFormat.GitHub:
                GitHubAnnotationWriter.Write(writer, reports, machine);
                break;
            case LeakExportFormat.Suppressions:
                SuppressionText.Write(writer, reports, machine.Reason, machine.Expires);
                break;
            default:
                LeakTableWriter.Write(writer, reports, text ?? new LeakTextOptions());
                break;
        }
    }
}
