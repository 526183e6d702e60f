using System.Text;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Writers.Pprof;

namespace MemTools.Reports.Writers.Views;

/// <summary>What to write and from what; the front only fills it.</summary>
public sealed record ReportRequest
{
    public required ReportView View { get; init; }

    public ReportOptions Options { get; init; } = new();

    /// <summary>Functions that Peek and List show.</summary>
    public string Pattern { get; init; } = ".";

    /// <summary>Title of pictures and pages; usually the program's name.</summary>
    public string Title { get; init; } = "profile";

    /// <summary>Html: facts, series, whether it is a comparison; null for the title alone.</summary>
    public HtmlFacts? Facts { get; init; }

    /// <summary>FlameGraph: merges from the leaf, callers below.</summary>
    public bool Inverted { get; init; }

    /// <summary>Picture: any of Graphviz' formats (svg, png, pdf, ps, gif).</summary>
    public string PictureFormat { get; init; } = "svg";

    /// <summary>Folders with source files, for List.</summary>
    public IReadOnlyList<string> SourcePaths { get; init; } = [];
}

/// <summary>Writes any view of a profile. Output is the same byte for byte for the same input.</summary>
public static class ReportGenerator
{
    /// <summary>Nodes of a graph unless asked otherwise, as in pprof.</summary>
    public const int DefaultGraphNodes = 80;

    /// <summary>Writes the view; the stream stays open.</summary>
    public static async Task WriteAsync(Profile profile, ReportRequest request, Stream output, IFileSource files, CancellationToken cancellation)
    {
        ReportOptions options = Defaults(request);
        switch (request.View)
        {
            case ReportView.Pprof:
                PprofWriter.Write(ProfileFilter.Apply(profile, options, cancellation), output, cancellation);
                return;
            case ReportView.TopProto:
                PprofWriter.Write(TopProto.Make(Graph(false)), output, cancellation);
                return;
            case ReportView.Json:
                JsonView.Write(output, profile, FrameTableBuilder.Build(profile, options, cancellation), cancellation);
                return;
            case ReportView.Speedscope:
                SpeedscopeView.Write(output, FrameTableBuilder.Build(profile, options, cancellation), request.Title, cancellation);
                return;
            case ReportView.Html:
                HtmlView.Write(
                    output, profile, FrameTableBuilder.Build(profile, options, cancellation), request.Facts ?? new HtmlFacts { Title = request.Title }, cancellation);
                return;
            case ReportView.Svg:
                var dot = new StringWriter();
                DotView.Write(dot, profile, Graph(true), options);
                await GraphvizRenderer.RenderAsync(dot.ToString(), request.PictureFormat, output, cancellation);
                return;
        }

        var text = new StreamWriter(output, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
        await using (text)
            WriteText(text);

        void WriteText(TextWriter writer)
        {
            switch (request.View)
            {
                case ReportView.Text:
                    TopView.Write(writer, profile, Graph(false), options);
                    break;
                case ReportView.PerlText:
                    PerlTextView.Write(writer, Graph(false), options);
                    break;
                case ReportView.Csv:
                    CsvView.Write(writer, TopView.Rows(Graph(false), options));
                    break;
                case ReportView.Tree:
                    TreeView.Write(writer, profile, Graph(true), options);
                    break;
                case ReportView.Peek:
                    TreeView.Write(writer, profile, Graph(true), options, request.Pattern);
                    break;
                case ReportView.Dot:
                    DotView.Write(writer, profile, Graph(true), options);
                    break;
                case ReportView.Callgrind:
                    CallgrindView.Write(writer, profile, Graph(true));
                    break;
                case ReportView.Traces:
                    TracesView.Write(writer, profile, FrameTableBuilder.Build(profile, options, cancellation), options, cancellation);
                    break;
                case ReportView.Tags:
                    TagsView.Write(writer, profile, FrameTableBuilder.Build(profile, options, cancellation), options);
                    break;
                case ReportView.Raw:
                    RawView.Write(writer, ProfileFilter.Apply(profile, options, cancellation), cancellation);
                    break;
                case ReportView.Comments:
                    foreach (string comment in profile.Comments)
                        writer.Write(comment + "\n");
                    break;
                case ReportView.Collapsed:
                    CollapsedView.Write(writer, FrameTableBuilder.Build(profile, options, cancellation), cancellation);
                    break;
                case ReportView.FlameGraph:
                    FlameGraphView.Write(writer, FrameTableBuilder.Build(profile, options, cancellation), request.Title, request.Inverted, request.Facts?.IsDiff == true, options, cancellation);
                    break;
                case ReportView.List:
                    ListView.Write(writer, profile, options, request.Pattern, request.SourcePaths, files, cancellation);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(request), request.View, "This view is written elsewhere.");
            }
        }

        ReportGraph Graph(bool edges) => GraphTrimmer.Build(FrameTableBuilder.Build(profile, options, cancellation), options, edges, cancellation);
    }

    private static ReportOptions Defaults(ReportRequest request) => request.View switch
    {
        ReportView.Dot or ReportView.Svg when request.Options is { NodeCount: 0, Trim: true } => request.Options with { NodeCount = DefaultGraphNodes },
        ReportView.Callgrind when request.Options.Granularity == Granularity.Functions => request.Options with { Granularity = Granularity.FileFunctions, Trim = false },
        ReportView.Callgrind => request.Options with { Trim = false },
        ReportView.Peek => request.Options with { Trim = false },
        ReportView.Html when request.Options.Granularity == Granularity.Functions => request.Options with { Granularity = Granularity.Lines },
        _ => request.Options,
    };
}
