using System.Management.Automation;
using System.Text;
using MemTools.Allocators.Launch;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Commands;

/// <summary>Cmdlets that take leak reports: of runs, as objects, of files, or as text.</summary>
public abstract class LeakReportCmdlet : MemToolsCmdlet
{
    private protected const string ByRun = "Run";
    private protected const string ById = "Id";
    private protected const string ByReport = "Report";
    private protected const string ByPath = "Path";
    private protected const string ByLiteralPath = "LiteralPath";
    private protected const string ByText = "Text";

    private readonly List<string> files = [];
    private readonly StringBuilder text = new();

    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByPath)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, as they are written.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Runs as objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByRun)]
    [ValidateNotNullOrEmpty]
    public AllocatorRun[] Run { get; set; } = [];

    /// <summary>Runs by id.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Reports as objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByReport)]
    [ValidateNotNullOrEmpty]
    public LeakReport[] Report { get; set; } = [];

    /// <summary>Text of a report.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByText)]
    [AllowEmptyString]
    public string[] Text { get; set; } = [];

    /// <summary>The program or libraries, where the report's are gone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] BinaryPath { get; set; } = [];

    /// <summary>Folders with debug files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] SymbolPath { get; set; } = [];

    /// <summary>debuginfod servers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] DebuginfodUrl { get; set; } = [];

    /// <summary>Takes reports as soon as they are read.</summary>
    protected abstract void Take(IReadOnlyList<LeakReport> reports);

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        switch (ParameterSetName)
        {
            case ByPath:
                files.AddRange(Paths.Expand(Path));
                break;
            case ByLiteralPath:
                files.AddRange(LiteralPath.Select(Paths.Literal));
                break;
            case ByText:
                foreach (var line in Text)
                    text.Append(line).Append('\n');
                break;
            case ByReport:
                Take(Report);
                break;
            default:
                TakeRuns(ParameterSetName == ByRun ? Run.Select(r => r.Id) : Id);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        // Read together: an engine's file and its text are one report.
        if (files.Count > 0)
            Take(ReadFiles(files));
        if (ParameterSetName == ByText)
            Take(ReadText(text.ToString()));
    }

    private void TakeRuns(IEnumerable<string> ids)
    {
        var store = new RunStore();
        foreach (var selected in RunSelection.Find(store, ids, WriteFailure))
        {
            if (!selected.IsFinished)
                WriteVerbose($"Waiting for run {selected.Id} ({selected.FilePath}, process {selected.ProcessId}).");
            try
            {
                Take(Await(async token =>
                {
                    var run = await store.WaitAsync(selected.Id, null, token).ConfigureAwait(false);
                    return RunReports.Read(run, Symbols(), new LocalFileSource(), Progress(), token);
                }));
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }

    private IReadOnlyList<LeakReport> ReadFiles(List<string> paths)
    {
        WriteVerbose($"Reading {string.Join(", ", paths.Take(5))}{(paths.Count > 5 ? $" and {paths.Count - 5} more" : "")}.");
        var request = new LeakReportRequest { Paths = paths, Symbols = Symbols() };
        try
        {
            return Read(request);
        }
        catch (MemToolsException e) when (paths.Count > 1)
        {
            // One bad file must not hide the others: it is named, and the rest is read.
            var good = paths.Where(IsReadable).ToList();
            if (good.Count == paths.Count)
                WriteFailure(e);
            return good.Count == paths.Count || good.Count == 0 ? [] : Read(request with { Paths = good });
        }
    }

    private bool IsReadable(string path)
    {
        try
        {
            Read(new LeakReportRequest { Paths = [path], Symbolize = false });
            return true;
        }
        catch (MemToolsException e)
        {
            WriteFailure(e);
            return false;
        }
    }

    private IReadOnlyList<LeakReport> ReadText(string content)
    {
        var file = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"memtools-{Guid.NewGuid():N}.txt");
        try
        {
            using (var stream = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
                stream.Write(Encoding.UTF8.GetBytes(content));
            return [.. Read(new LeakReportRequest { Paths = [file], Symbols = Symbols() })
                .Select(r => r with { Paths = [.. r.Paths.Where(p => p != file)] })];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private IReadOnlyList<LeakReport> Read(LeakReportRequest request) =>
        Await(token => LeakReports.Read(request, new LocalFileSource(), Progress(), token));

    private SymbolizeOptions Symbols() => new()
    {
        BinaryPaths = [.. BinaryPath.Select(Paths.Literal)],
        SymbolPaths = [.. SymbolPath.Select(Paths.Literal)],
        // As the environment variable DEBUGINFOD_URLS: servers parted by blanks.
        DebuginfodUrls = [.. DebuginfodUrl.SelectMany(u => u.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
    };
}
