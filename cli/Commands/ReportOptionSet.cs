using System.CommandLine;
using MemTools.Cli.Parsing;
using MemTools.Reports.Graph;

namespace MemTools.Cli.Commands;

/// <summary>pprof's options of a report, as System.CommandLine takes them.</summary>
internal sealed class ReportOptionSet
{
    private readonly Option<Granularity> _granularity = new("--granularity") { Description = "functions, filefunctions, files, lines or addresses", HelpName = "WHAT", CustomParser = Names.Parse<Granularity> };
    private readonly Option<bool> _noInlines = new("--noinlines") { Description = "count inlined code as its outermost function" };
    private readonly Option<string?> _sampleType = new("--sample_index", "--sample_type") { Description = "inuse_space, inuse_objects, alloc_space or alloc_objects", HelpName = "TYPE" };
    private readonly Option<bool> _cum = new("--cum") { Description = "sort by cumulative value" };
    private readonly Option<int> _nodeCount = new("--nodecount") { Description = "at most so many nodes", HelpName = "N" };
    private readonly Option<double> _nodeFraction = new("--nodefraction") { Description = "hide nodes below this share of the total", HelpName = "SHARE", DefaultValueFactory = _ => 0.005 };
    private readonly Option<double> _edgeFraction = new("--edgefraction") { Description = "hide edges below this share of the total", HelpName = "SHARE", DefaultValueFactory = _ => 0.001 };
    private readonly Option<bool> _noTrim = new("--notrim") { Description = "show everything" };
    private readonly Option<bool> _relative = new("--relative_percentages") { Description = "shares of what is left after focus and ignore" };
    private readonly Option<string> _unit = new("--unit") { Description = "minimum, auto, bytes, kB, MB or GB", HelpName = "UNIT", DefaultValueFactory = _ => "minimum" };
    private readonly Option<double> _divideBy = new("--divide_by") { Description = "divide every value", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _callTree = new("--call_tree") { Description = "one node for each calling context" };
    private readonly Option<bool> _mean = new("--mean") { Description = "divide by the first sample type: the mean of each event" };
    private readonly Option<int> _maxDegree = new("--maxdegree") { Description = "at most so many edges into and out of a node; 0 for all", HelpName = "N" };
    private readonly Option<bool> _heapCheck = new("--heapcheck") { Description = "mark the nodes of a graph that themselves hold memory" };
    private readonly Option<bool> _shortNames = new("--short_names") { Description = "names without parameters and template arguments" };
    private readonly Option<string?> _tagShow = Pattern("--tagshow", "labels that traces and tags show");
    private readonly Option<string?> _tagHide = Pattern("--taghide", "labels that traces and tags leave out");
    private readonly Option<string?> _tagRoot = new("--tagroot") { Description = "labels whose values become the outermost frames", HelpName = "KEY,..." };
    private readonly Option<string?> _tagLeaf = new("--tagleaf") { Description = "labels whose values become the innermost frames", HelpName = "KEY,..." };
    private readonly Option<bool> _allocator = new("--allocator-frames") { Description = "show frames of malloc, operator new and their kin" };
    private readonly Option<string?> _focus = Pattern("--focus", "keep stacks with a matching frame");
    private readonly Option<string?> _ignore = Pattern("--ignore", "drop stacks with a matching frame");
    private readonly Option<string?> _hide = Pattern("--hide", "drop matching frames");
    private readonly Option<string?> _show = Pattern("--show", "keep only matching frames");
    private readonly Option<string?> _showFrom = Pattern("--show_from", "drop callers of the outermost match");
    private readonly Option<string?> _pruneFrom = Pattern("--prune_from", "drop what a matching frame called");
    private readonly Option<string?> _tagFocus = Pattern("--tagfocus", "keep samples with a matching label or range (1kb:4kb)");
    private readonly Option<string?> _tagIgnore = Pattern("--tagignore", "drop samples with a matching label or range");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])
            [
                _granularity, _noInlines, _sampleType, _cum, _nodeCount, _nodeFraction, _edgeFraction, _noTrim, _relative, _unit, _divideBy, _allocator,
                _focus, _ignore, _hide, _show, _showFrom, _pruneFrom, _tagFocus, _tagIgnore, _tagShow, _tagHide, _tagRoot, _tagLeaf, _callTree, _mean, _maxDegree, _heapCheck, _shortNames,
            ])
            command.Options.Add(option);
    }

    public ReportOptions Read(ParseResult options)
    {
        if (options.GetValue(_divideBy) == 0)
            throw new UsageException("--divide_by needs a number other than 0");
        return new ReportOptions
        {
            Granularity = options.GetValue(_granularity),
            NoInlines = options.GetValue(_noInlines),
            SampleType = options.GetValue(_sampleType),
            Cumulative = options.GetValue(_cum),
            NodeCount = Math.Max(0, options.GetValue(_nodeCount)),
            NodeFraction = options.GetValue(_nodeFraction),
            EdgeFraction = options.GetValue(_edgeFraction),
            Trim = !options.GetValue(_noTrim),
            RelativePercentages = options.GetValue(_relative),
            Unit = options.GetValue(_unit) ?? "minimum",
            DivideBy = options.GetValue(_divideBy),
            AllocatorFrames = options.GetValue(_allocator),
            Focus = options.GetValue(_focus),
            Ignore = options.GetValue(_ignore),
            Hide = options.GetValue(_hide),
            Show = options.GetValue(_show),
            ShowFrom = options.GetValue(_showFrom),
            PruneFrom = options.GetValue(_pruneFrom),
            TagFocus = options.GetValue(_tagFocus),
            TagIgnore = options.GetValue(_tagIgnore),
            TagShow = options.GetValue(_tagShow),
            TagHide = options.GetValue(_tagHide),
            TagRoot = options.GetValue(_tagRoot),
            TagLeaf = options.GetValue(_tagLeaf),
            CallTree = options.GetValue(_callTree),
            Mean = options.GetValue(_mean),
            MaxDegree = Math.Max(0, options.GetValue(_maxDegree)),
            HeapCheck = options.GetValue(_heapCheck),
            ShortNames = options.GetValue(_shortNames),
        };
    }

    private static Option<string?> Pattern(string name, string help) => new(name) { Description = help, HelpName = "REGEX" };
}
