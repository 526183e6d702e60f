using MemTools.Reports;
using MemTools.Reports.Compare;
using MemTools.Reports.Graph;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols;
using MemTools.Reports.Writers.Views;

namespace MemTools.Cli.Commands;

/// <summary>A report from files to output: what <c>report</c> and <c>pprof</c> have in common.</summary>
internal sealed record ReportPlan
{
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Profile to subtract; null for none.</summary>
    public string? Base { get; init; }

    /// <summary>diff_base instead of base.</summary>
    public bool KeepSides { get; init; }

    public bool Normalize { get; init; }

    /// <summary>Drops stacks that shrank.</summary>
    public bool DropNegative { get; init; }

    /// <summary>Shows the last file and the totals of all over time, instead of their sum.</summary>
    public bool IsSeries { get; init; }

    /// <summary>Only what this thread allocated; null for all.</summary>
    public int? Thread { get; init; }

    /// <summary>Folders that stand before the recorded paths of libraries (the Perl pprof's lib_prefix).</summary>
    public IReadOnlyList<string> LibraryPrefixes { get; init; } = [];

    /// <summary>Notes to put into the profile.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>Null leaves addresses without names.</summary>
    public SymbolizeOptions? Symbols { get; init; }

    /// <summary>Null for standard output.</summary>
    public string? Output { get; init; }

    public required ReportRequest Request { get; init; }

    /// <summary>Servers named by DEBUGINFOD_URLS, separated by spaces.</summary>
    public static string[] EnvironmentUrls => (Environment.GetEnvironmentVariable("DEBUGINFOD_URLS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private bool IsBinary => Request.View is ReportView.Pprof or ReportView.TopProto || (Request.View is ReportView.Svg && Request.PictureFormat is not ("svg" or "ps"));

    public async Task RunAsync(CommandContext context)
    {
        if (Output is null && context.Terminal.OutIsTerminal && IsBinary)
            throw new UsageException("this view is not for a terminal: name a file with --output, or redirect standard output");
        var files = new LocalFileSource();
        Profile profile;
        using (var progress = context.Progress())
        {
            var reading = new ProfileReadOptions { Progress = progress, Thread = Thread };
            profile = IsSeries ? ReadSeries(reading, context.Cancellation) : ProfileReader.ReadAll(Files, reading, context.Cancellation);
            Symbolize(profile, files, progress, context);
            if (Base is not null)
            {
                Profile before = ProfileReader.Read(Base, reading, context.Cancellation);
                Symbolize(before, files, progress, context);
                profile = ProfileMath.Subtract(profile, before, Normalize, KeepSides, context.Cancellation);
            }
        }

        if (DropNegative)
            ProfileMath.DropNegative(profile);
        profile.Comments.AddRange(Comments);
        foreach (string warning in profile.Warnings)
            context.Terminal.Error.WriteLine($"memtools: warning: {warning}");
        ReportRequest request = Request with { Facts = HtmlFacts.Of(profile, Request.Title, IsSeries ? [Files[^1]] : Files, Base) };
        if (Output is null)
        {
            context.Terminal.Flush();
            await ReportGenerator.WriteAsync(profile, request, context.Terminal.OutStream, files, context.Cancellation);
            return;
        }

        await ReportFile.WriteAsync(profile, request, Output, context.Cancellation);
    }

    private void Symbolize(Profile profile, IFileSource files, IProgress<ProgressStep>? progress, CommandContext context)
    {
        if (Symbols is null)
            return;
        string[] found = [.. LibraryPrefixes.SelectMany(prefix => profile.Mappings.Select(mapping => prefix + mapping.Path)).Distinct().Where(File.Exists)];
        ProfileSymbolizer.Symbolize(profile, Symbols with { BinaryPaths = [.. Symbols.BinaryPaths, .. found] }, files, progress, context.Cancellation);
    }

    /// <summary>The last dump, with the totals of all as its history.</summary>
    private Profile ReadSeries(ProfileReadOptions reading, CancellationToken cancellation)
    {
        var history = new List<HistoryPoint>();
        Profile? last = null;
        foreach (string file in Files)
        {
            last = ProfileReader.Read(file, reading, cancellation);
            int column = SampleTypes.Find(last, Request.Options.SampleType);
            history.Add(new HistoryPoint(Path.GetFileName(file), HeapProfile.Total(last, column)));
        }

        last!.History.Clear();
        last.History.AddRange(history);
        return last;
    }
}
