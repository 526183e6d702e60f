using MemTools.Reports;
using MemTools.Reports.Compare;
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

    /// <summary>Null leaves addresses without names.</summary>
    public SymbolizeOptions? Symbols { get; init; }

    /// <summary>Null for standard output.</summary>
    public string? Output { get; init; }

    public required ReportRequest Request { get; init; }

    /// <summary>Servers named by DEBUGINFOD_URLS, separated by spaces.</summary>
    public static string[] EnvironmentUrls => (Environment.GetEnvironmentVariable("DEBUGINFOD_URLS") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public async Task RunAsync(CommandContext context)
    {
        var files = new LocalFileSource();
        Profile profile;
        using (var progress = context.Progress())
        {
            profile = ProfileReader.ReadAll(Files, progress, context.Cancellation);
            Symbolize(profile, files, progress, context);
            if (Base is not null)
            {
                Profile before = ProfileReader.Read(Base, context.Cancellation);
                Symbolize(before, files, progress, context);
                profile = ProfileMath.Subtract(profile, before, Normalize, KeepSides, context.Cancellation);
            }
        }

        if (DropNegative)
            profile.Samples.RemoveAll(sample => Array.Exists(sample.Values, value => value < 0));
        foreach (string warning in profile.Warnings)
            context.Terminal.Error.WriteLine($"memtools: warning: {warning}");
        ReportRequest request = Request with { Facts = new HtmlFacts { Title = Request.Title, IsDiff = Base is not null, Facts = Facts(profile) } };
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
        if (Symbols is not null)
            ProfileSymbolizer.Symbolize(profile, Symbols, files, progress, context.Cancellation);
    }

    private List<(string, string)> Facts(Profile profile)
    {
        var facts = new List<(string, string)> { ("Profile", string.Join(", ", Files)) };
        if (Base is not null)
            facts.Add(("Base", Base));
        if (profile.Mappings.Find(mapping => mapping.IsExecutable && mapping.Path.StartsWith('/')) is { } main)
            facts.Add(("Program", main.Path));
        facts.Add(("Stacks", profile.Samples.Count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)));
        string[] missing = [.. profile.Mappings.Where(mapping => mapping.DebugInfo?.Missing is not null).Select(mapping => $"{Path.GetFileName(mapping.Path)}: {mapping.DebugInfo!.Missing}").Distinct()];
        if (missing.Length > 0)
            facts.Add(("Missing debug information", string.Join("; ", missing)));
        return facts;
    }
}
