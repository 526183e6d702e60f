using System.Management.Automation;
using System.Text;
using MemTools.Allocators.Launch;
using MemTools.Reports.Errors;
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
    private protected const string ByContainer = "Container";

    private readonly List<string> files = [];
    private readonly StringBuilder text = new();
    private readonly List<LeakReport> held = [];
    private LeakReportReader? reader;

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

    /// <summary>Containers that others started with a checker in their environment.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByContainer)]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Container { get; set; } = [];

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

    /// <summary>Files of known leaks.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Suppression { get; set; } = [];

    /// <summary>Takes reports as soon as they are read; with suppressions, whose use shows only at the end, all together.</summary>
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
                Hand(Report);
                break;
            case ByContainer:
                TakeEach(Container, Reader.ReadContainer);
                break;
            default:
                TakeRuns(ParameterSetName == ByRun ? Run.Select(r => r.Id) : Id);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (files.Count > 0)
            Hand(Reader.ReadFiles(files));
        if (ParameterSetName == ByText)
            Hand(Reader.ReadText(text.ToString()));
        if (Suppression.Length > 0)
            Take(Reader.Suppress(held, Suppression));
    }

    private void Hand(IReadOnlyList<LeakReport> reports)
    {
        if (Suppression.Length > 0)
            held.AddRange(reports);
        else
            Take(reports);
    }

    private protected LeakReportReader Reader => reader ??= new LeakReportReader(this, Symbols());

    private void TakeRuns(IEnumerable<string> ids)
    {
        var store = new RunStore();
        TakeEach(RunSelection.Find(store, ids, WriteFailure), run => Reader.ReadRun(store, run));
    }

    /// <summary>One that cannot be read is an error of its own; the others follow.</summary>
    private void TakeEach<T>(IEnumerable<T> sources, Func<T, IReadOnlyList<LeakReport>> read)
    {
        foreach (var source in sources)
        {
            try
            {
                Hand(read(source));
            }
            catch (MemToolsException e)
            {
                WriteFailure(e);
            }
        }
    }

    private SymbolizeOptions Symbols() => new()
    {
        BinaryPaths = [.. BinaryPath.Select(Paths.Literal)],
        SymbolPaths = [.. SymbolPath.Select(Paths.Literal)],
        // As the environment variable DEBUGINFOD_URLS: servers parted by blanks.
        DebuginfodUrls = [.. DebuginfodUrl.SelectMany(u => u.Split(' ', StringSplitOptions.RemoveEmptyEntries))],
    };
}
