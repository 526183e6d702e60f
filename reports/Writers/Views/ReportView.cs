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

    /// <summary>The table of the Perl pprof and jeprof.</summary>
    PerlText,
}
