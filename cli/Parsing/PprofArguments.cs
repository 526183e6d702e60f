using System.Globalization;
using MemTools.Reports.Graph;
using MemTools.Reports.Writers.Views;

namespace MemTools.Cli.Parsing;

/// <summary>
/// The command lines of the Perl pprof, of jeprof and of Go's pprof: one or two dashes, <c>--name=value</c> or <c>--name value</c>,
/// <c>--noname</c>, and abbreviations as long as they are unique.
/// </summary>
internal sealed class PprofArguments
{
    private static readonly Dictionary<string, ReportView> Views = new(StringComparer.Ordinal)
    {
        ["text"] = ReportView.PerlText, ["top"] = ReportView.Text, ["tree"] = ReportView.Tree, ["traces"] = ReportView.Traces, ["dot"] = ReportView.Dot, ["svg"] = ReportView.Svg,
        ["gv"] = ReportView.Svg, ["web"] = ReportView.Svg, ["evince"] = ReportView.Svg, ["callgrind"] = ReportView.Callgrind, ["collapsed"] = ReportView.Collapsed,
        ["proto"] = ReportView.Pprof, ["topproto"] = ReportView.TopProto, ["raw"] = ReportView.Raw, ["html"] = ReportView.Html, ["ps"] = ReportView.Svg, ["pdf"] = ReportView.Svg, ["gif"] = ReportView.Svg, ["png"] = ReportView.Svg, ["eog"] = ReportView.Svg, ["kcachegrind"] = ReportView.Callgrind,
        ["tags"] = ReportView.Tags, ["comments"] = ReportView.Comments, ["stacks"] = ReportView.Traces, ["flamegraph"] = ReportView.FlameGraph,
        ["speedscope"] = ReportView.Speedscope, ["csv"] = ReportView.Csv, ["json"] = ReportView.Json,
    };

    private static readonly Dictionary<string, Granularity> Grains = new(StringComparer.Ordinal)
    {
        ["functions"] = Granularity.Functions, ["filefunctions"] = Granularity.FileFunctions, ["files"] = Granularity.Files, ["lines"] = Granularity.Lines, ["addresses"] = Granularity.Addresses,
    };

    private static readonly string[] SampleTypes =
        ["inuse_space", "inuse_objects", "alloc_space", "alloc_objects", "total_delay", "contentions", "mean_delay"];

    private static readonly string[] Flags =
    [
        "cum", "flat", "heapcheck", "show_bytes", "drop_negative", "symbols", "noinlines", "call_tree", "normalize", "relative_percentages", "strip_temp", "show_addresses",
        "trim", "compact_labels", "mean", "intel_syntax", "auto_signal_frm", "debug_syms_by_id", "browser", "test", "interactive", "help", "version",
    ];

    private static readonly string[] Valued =
    [
        "base", "diff_base", "nodecount", "nodefraction", "edgefraction", "maxdegree", "focus", "ignore", "hide", "show", "show_from", "prune_from", "tagfocus", "tagignore", "scale",
        "add_lib", "lib_prefix", "tools", "output", "unit", "divide_by", "sample_index", "granularity", "symbolize", "list", "peek", "source_path", "trim_path", "seconds", "timeout",
        "exclude", "retain", "thread", "disasm", "weblist", "tagshow", "taghide", "tagroot", "tagleaf", "showcolumns", "buildid", "add_comment", "http", "tls_cert", "tls_key", "tls_ca", "debug",
    ];

    /// <summary>Abbreviations that would be ambiguous among the names of three tools, as the Perl pprof takes them.</summary>
    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal) { ["inuse"] = "inuse_space", ["alloc"] = "alloc_space", ["bytes"] = "show_bytes" };

    private static readonly string[] Names = [.. Views.Keys, .. Grains.Keys, .. SampleTypes, .. Flags, .. Valued];

    private readonly Dictionary<string, string> _values = [];
    private readonly HashSet<string> _flags = [];

    private PprofArguments()
    {
    }

    /// <summary>The view; null when none is named.</summary>
    public ReportView? View { get; private set; }

    /// <summary>True for gv, web and their kin, which show the picture.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Graphviz' name of the picture's format, which is its file extension too.</summary>
    public string PictureFormat { get; private set; } = "svg";

    /// <summary>Notes of add_comment.</summary>
    public List<string> Comments { get; } = [];

    /// <summary>What is no option: a program, profiles.</summary>
    public List<string> Words { get; } = [];

    /// <summary>Libraries of <c>--add_lib</c>, and others given more than once.</summary>
    public List<string> AddedLibraries { get; } = [];

    private Granularity? Grain { get; set; }

    private string? SampleType { get; set; }

    public string? Value(string name) => _values.GetValueOrDefault(name);

    public bool Has(string flag) => _flags.Contains(flag);

    /// <exception cref="UsageException">An unknown option or one without its value.</exception>
    public static PprofArguments Parse(IReadOnlyList<string> args)
    {
        var result = new PprofArguments();
        for (var index = 0; index < args.Count; index++)
        {
            var word = args[index];
            if (word == "--")
            {
                result.Words.AddRange(args.Skip(index + 1));
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                result.Words.Add(word);
                continue;
            }

            var text = word.TrimStart('-');
            var equals = text.IndexOf('=');
            var value = equals < 0 ? null : text[(equals + 1)..];
            var name = Resolve(equals < 0 ? text : text[..equals], out var negated);
            if (Array.IndexOf(Valued, name) >= 0)
            {
                if (value is null && ++index >= args.Count)
                    throw new UsageException($"{word} needs a value");
                result.Set(name, value ?? args[index]);
            }
            else if (!negated && value is null or "true" or "1")
            {
                result.Set(name);
            }
            else if (negated || value is "false" or "0")
            {
                result._flags.Add("no" + name);
            }
        }

        return result;
    }

    /// <summary>What the options say of the report.</summary>
    public ReportOptions Options()
    {
        var perl = View is null or ReportView.PerlText;
        return new ReportOptions
        {
            Granularity = Grain ?? Granularity.Functions,
            SampleType = SampleType is "mean_delay" ? "total_delay" : SampleType ?? Value("sample_index"),
            Cumulative = Has("cum"),
            NoInlines = Has("noinlines"),
            CallTree = Has("call_tree"),
            Mean = Has("mean") || SampleType == "mean_delay",
            HeapCheck = Has("heapcheck"),
            MaxDegree = (int)Math.Clamp(Number("maxdegree", 0), 0, int.MaxValue),
            // Both pprofs leave template arguments and parameters out; --no_strip_temp (Perl) and --symbolize=demangle=full (Go) keep them.
            ShortNames = !_flags.Contains("nostrip_temp") && !(Value("symbolize") ?? "").Contains("demangle=full", StringComparison.Ordinal) && !(Value("symbolize") ?? "").Contains("demangle=templates", StringComparison.Ordinal),
            // The Perl tools have shares of what focus and ignore leave.
            RelativePercentages = perl || Has("relative_percentages"),
            NodeCount = (int)Math.Max(0, Number("nodecount", 0)),
            // The Perl text shows every node; its fractions are for graphs.
            Trim = !perl && !_flags.Contains("notrim"),
            NodeFraction = Number("nodefraction", 0.005),
            EdgeFraction = Number("edgefraction", 0.001),
            DivideBy = Number("divide_by", 1) is not 0 and var divisor ? divisor : throw new UsageException("--divide_by needs a number other than 0"),
            Unit = Has("show_bytes") ? "bytes" : Value("unit") ?? "minimum",
            Focus = Value("focus"),
            Ignore = Value("ignore"),
            // jeprof's words for single frames.
            Hide = Value("hide") ?? Value("exclude"),
            Show = Value("show") ?? Value("retain"),
            ShowFrom = Value("show_from"),
            PruneFrom = Value("prune_from"),
            TagFocus = Value("tagfocus"),
            TagIgnore = Value("tagignore"),
            TagShow = Value("tagshow"),
            TagHide = Value("taghide"),
            TagRoot = Value("tagroot"),
            TagLeaf = Value("tagleaf"),
        };
    }

    private double Number(string name, double otherwise) => Value(name) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
        : throw new UsageException($"--{name} needs a number, not '{text}'");

    private void Set(string name, string value)
    {
        _values[name] = value;
        switch (name)
        {
            case "add_lib":
                AddedLibraries.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries));
                break;
            case "granularity":
                Grain = Grains.TryGetValue(value, out var grain) ? grain : throw new UsageException($"--granularity: there is no '{value}'");
                break;
            case "list" or "weblist":
                View = ReportView.List;
                _values["pattern"] = value;
                break;
            case "peek":
                View = ReportView.Peek;
                _values["pattern"] = value;
                break;
            case "add_comment":
                Comments.Add(value);
                break;
            case "disasm":
                throw new UsageException("--disasm is not offered: use --list for source lines, or objdump -d for code");
            case "http":
                throw new UsageException("--http is not offered: --html writes a page that needs no server, --web shows the graph");
        }
    }

    private void Set(string name)
    {
        if (Views.TryGetValue(name, out var view))
        {
            // --text --stacks is one view of the Perl pprof's.
            if (View is not ReportView.Traces || view is not ReportView.PerlText)
                View = view;
            IsShown |= name is "gv" or "web" or "evince" or "eog" or "kcachegrind";
            PictureFormat = name is "ps" or "pdf" or "gif" or "png" ? name : PictureFormat;
        }
        else if (Grains.TryGetValue(name, out var grain))
        {
            Grain = grain;
        }
        else if (Array.IndexOf(SampleTypes, name) >= 0)
        {
            SampleType = name;
        }
        else if (name == "test")
        {
            throw new UsageException("--test is not offered: it ran the Perl pprof's own unit tests");
        }
        else
        {
            _flags.Add(name);
        }
    }

    private static string Resolve(string given, out bool negated)
    {
        negated = false;
        var name = given.Replace('-', '_');
        if (Array.IndexOf(Names, name) >= 0)
            return name;
        if (Short.TryGetValue(name, out var full))
            return full;
        if (name.StartsWith("no", StringComparison.Ordinal) && Array.IndexOf(Names, name[2..].TrimStart('_')) >= 0)
        {
            negated = true;
            return name[2..].TrimStart('_');
        }

        var longer = Names.Where(candidate => candidate.StartsWith(name, StringComparison.Ordinal)).ToArray();
        if (longer.Length == 1)
            return longer[0];
        if (longer.Length > 1)
            throw new UsageException($"--{given} may mean --{string.Join(", --", longer)}");
        var near = Spelling.Nearest(name, Names);
        throw new UsageException($"unknown option '--{given}'{(near is null ? "" : $"; did you mean '--{near}'?")}");
    }
}
