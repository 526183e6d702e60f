namespace MemTools.Reports.Writers.Views;

/// <summary>What a report is written as.</summary>
public enum ReportView
{
    Text,
    Tree,
    Traces,
    Peek,
    List,
    Dot,
    Svg,
    FlameGraph,
    Html,
    Callgrind,
    Pprof,
    TopProto,
    Collapsed,
    Speedscope,
    Json,
    Csv,

    /// <summary>The values of each label, largest first (pprof's tags).</summary>
    Tags,

    /// <summary>The profile's own tables as text: samples, locations, mappings (pprof's raw).</summary>
    Raw,

    /// <summary>The notes that came with the profile (pprof's comments).</summary>
    Comments,

    /// <summary>The table of the Perl pprof and jeprof.</summary>
    PerlText,
}
