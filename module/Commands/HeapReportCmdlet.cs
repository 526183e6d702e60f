using System.Management.Automation;
using MemTools.Reports.Compare;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Writers.Views;

namespace MemTools.Commands;

/// <summary>Cmdlets that make a report: the profiles, and pprof's options the PowerShell way.</summary>
public abstract class HeapReportCmdlet : HeapProfileCmdlet
{
    private readonly List<HeapProfile> profiles = [];

    /// <summary>Profiles as objects; several are a series, of which the last is shown.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Profile")]
    [ValidateNotNullOrEmpty]
    public HeapProfile[] HeapProfile { get; set; } = [];

    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    [Parameter]
    public string? SampleType { get; set; }

    [Parameter]
    public Granularity Granularity { get; set; }

    [Parameter]
    public SwitchParameter NoInlines { get; set; }

    [Parameter]
    public SwitchParameter Cumulative { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int NodeCount { get; set; }

    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double NodeFraction { get; set; } = 0.005;

    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double EdgeFraction { get; set; } = 0.001;

    [Parameter]
    public SwitchParameter NoTrim { get; set; }

    [Parameter]
    public SwitchParameter RelativePercentages { get; set; }

    [Parameter]
    public SwitchParameter CallTree { get; set; }

    [Parameter]
    public SwitchParameter Mean { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxDegree { get; set; }

    /// <summary>Marks the nodes of a graph that themselves hold memory.</summary>
    [Parameter]
    public SwitchParameter HeapCheck { get; set; }

    /// <summary>Names without parameters and template arguments.</summary>
    [Parameter]
    public SwitchParameter ShortName { get; set; }

    [Parameter]
    [ValidateRange(double.Epsilon, double.MaxValue)]
    public double DivideBy { get; set; } = 1;

    [Parameter]
    public string Unit { get; set; } = "minimum";

    [Parameter]
    public string? Focus { get; set; }

    [Parameter]
    public string? Ignore { get; set; }

    [Parameter]
    public string? Hide { get; set; }

    [Parameter]
    public string? Show { get; set; }

    [Parameter]
    public string? ShowFrom { get; set; }

    [Parameter]
    public string? PruneFrom { get; set; }

    [Parameter]
    public string? TagFocus { get; set; }

    [Parameter]
    public string? TagIgnore { get; set; }

    [Parameter]
    public string? TagShow { get; set; }

    [Parameter]
    public string? TagHide { get; set; }

    [Parameter]
    public string[] TagRoot { get; set; } = [];

    [Parameter]
    public string[] TagLeaf { get; set; } = [];

    /// <summary>Shows the frames of malloc, operator new and their kin.</summary>
    [Parameter]
    public SwitchParameter AllocatorFrames { get; set; }

    /// <summary>Title of pictures and pages.</summary>
    [Parameter]
    public string? Title { get; set; }

    /// <inheritdoc/>
    protected sealed override void Process() => profiles.AddRange(ParameterSetName switch
    {
        "Profile" => HeapProfile,
        "Path" => DumpSeries.Sort(Paths.Expand(Path)).Select(Read),
        _ => LiteralPath.Select(Paths.Literal).Select(Read),
    });

    /// <inheritdoc/>
    protected sealed override void End()
    {
        if (profiles.Count > 0)
            Report(profiles);
    }

    /// <summary>Makes the report of a profile or a series.</summary>
    protected abstract void Report(IReadOnlyList<HeapProfile> series);

    /// <summary>What the parameters say of the report.</summary>
    protected ReportOptions Options() => new()
    {
        SampleType = SampleType, Granularity = Granularity, NoInlines = NoInlines, Cumulative = Cumulative, NodeCount = NodeCount, NodeFraction = NodeFraction,
        EdgeFraction = EdgeFraction, Trim = !NoTrim, RelativePercentages = RelativePercentages, Unit = Unit, Focus = Focus, Ignore = Ignore, Hide = Hide, Show = Show,
        ShowFrom = ShowFrom, PruneFrom = PruneFrom, TagFocus = TagFocus, TagIgnore = TagIgnore, AllocatorFrames = AllocatorFrames,
        CallTree = CallTree, Mean = Mean, MaxDegree = MaxDegree, HeapCheck = HeapCheck, ShortNames = ShortName, DivideBy = DivideBy,
        TagShow = TagShow, TagHide = TagHide, TagRoot = string.Join(',', TagRoot), TagLeaf = string.Join(',', TagLeaf),
    };

    /// <summary>What the page says beside the profile.</summary>
    protected HtmlFacts Facts(IReadOnlyList<HeapProfile> series)
    {
        var last = series[^1];
        int column = SampleTypes.Find(last.Content, SampleType);
        bool isDiff = last.IsDifference || last.Content.Samples.Exists(sample => sample.Values[column] < 0);
        var before = isDiff && last.Paths.Count == 2 ? last.Paths[1] : null;
        var facts = HtmlFacts.Of(last.Content, TitleOf(last), before is null ? last.Paths : [last.Paths[0]], before) with { IsDiff = isDiff };
        return series.Count < 2
            ? facts
            : facts with { Series = [.. series.Select(one => new HistoryPoint(System.IO.Path.GetFileName(one.Paths[0]), one.Totals[column].Value))] };
    }

    /// <summary>The given title, or the file's name.</summary>
    protected string TitleOf(HeapProfile profile) => Title ?? System.IO.Path.GetFileName(profile.Paths[0]);
}
