using MemTools.Cli.Parsing;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Output;

/// <summary>The names of the forms that leak reports are written in.</summary>
internal static class LeakFormats
{
    public static readonly (string Name, LeakExportFormat Value)[] All =
    [
        ("table", LeakExportFormat.Table), ("list", LeakExportFormat.List), ("json", LeakExportFormat.Json), ("csv", LeakExportFormat.Csv), ("sarif", LeakExportFormat.Sarif),
        ("junit", LeakExportFormat.JUnit), ("markdown", LeakExportFormat.Markdown), ("github", LeakExportFormat.GitHub), ("gitlab", LeakExportFormat.GitLab),
        ("html", LeakExportFormat.Html), ("pprof", LeakExportFormat.Pprof), ("suppressions", LeakExportFormat.Suppressions),
    ];

    public static string Names => string.Join(", ", All.Select(static format => format.Name));

    public static Setting<LeakExportFormat> Option() =>
        Values.Choice("--format", "how results are written (default: table)", LeakExportFormat.Table, All);

    public static LeakExportFormat? Find(string name)
    {
        foreach (var (known, value) in All)
        {
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value;
        }

        return null;
    }
}
