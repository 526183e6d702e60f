using System.CommandLine;
using MemTools.Reports.Graph;

namespace MemTools.Cli.Commands;

/// <summary>pprof's options of a report, as System.CommandLine takes them.</summary>
internal sealed class ReportOptionSet
{
    private readonly Option<Granularity> _granularity = new("--granularity") { Description = "functions, filefunctions, files, lines or addresses", HelpName = "WHAT" };
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
                _focus, _ignore, _hide, _show, _showFrom, _pruneFrom, _tagFocus, _tagIgnore,
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
        };
    }

    private static Option<string?> Pattern(string name, string help) => new(name) { Description = help, HelpName = "REGEX" };
}
