using System.CommandLine;
using System.Globalization;
using MemTools.Allocators.Launch;
using MemTools.Cli.Output;
using MemTools.Cli.Parsing;

namespace MemTools.Cli.Commands;

/// <summary>Shows one run's record.</summary>
internal sealed class RunsShowCommand : CliCommand
{
    private readonly Argument<string> _id = RunArgument.One();
    private readonly Setting<OutputFormat> _format = OutputFormats.Option("list", ("list", OutputFormat.List), ("json", OutputFormat.Json));

    public override IReadOnlyList<Example> Examples => [new("runs show latest", "the newest run"), new("runs show 20260", "the only run whose id begins so")];

    public override Command Define() => new("show") { _id, _format };

    public override Task<int> RunAsync(ParseResult options, CommandContext context)
    {
        var run = new RunStore().Get(options.GetRequiredValue(_id));
        if (options.GetValue(_format) == OutputFormat.Json)
            RunJsonOutput.Write(context.Terminal.OutStream, run);
        else
            RunDetails.Write(context.Terminal, run);
        return Task.FromResult(ExitCodes.Success);
    }
}

/// <summary>The argument that names a run.</summary>
internal static class RunArgument
{
    public static Argument<string> One()
    {
        var argument = new Argument<string>("ID") { Description = "the run's id, the beginning of it, or latest" };
        argument.CompletionSources.Add(_ => new RunStore().Ids().Append("latest").Select(id => new System.CommandLine.Completions.CompletionItem(id)));
        return argument;
    }
}

/// <summary>All fields of a run, one a line.</summary>
internal static class RunDetails
{
    public static void Write(Infrastructure.Terminal terminal, AllocatorRun run)
    {
        var invariant = CultureInfo.InvariantCulture;
        void Field(string name, string? value)
        {
            if (value is { Length: > 0 })
                terminal.Out.WriteLine($"{terminal.OutStyle.Strong(name.PadRight(16))} {value}");
        }

        Field("Id", run.Id);
        Field("Program", run.FilePath);
        Field("Arguments", string.Join(' ', run.ArgumentList));
        Field("Target", run.Target);
        Field("Allocator", $"{run.Allocator} {run.AllocatorVersion}".Trim());
        Field("Heap check", $"{run.HeapCheck}{(run.Engine is null ? "" : $" by {run.Engine}")}");
        Field("State", $"{run.State}: {RunSummary.Ending(run)}");
        Field("Process", run.ProcessId?.ToString(invariant));
        Field("Started", run.StartTime.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff zzz", invariant));
        Field("Duration", string.Create(invariant, $"{run.Duration.TotalSeconds:0.000} s (user {run.UserTime.TotalSeconds:0.000} s, system {run.SystemTime.TotalSeconds:0.000} s)"));
        Field("Peak memory", string.Create(invariant, $"{run.PeakResidentBytes:N0} bytes"));
        Field("Verdict", $"{run.Verdict}. {run.VerdictReason}");
        Field("Output", run.StandardOutputPath);
        Field("Error output", run.StandardErrorPath);
        foreach (var path in run.ReportPaths)
            Field("Report", path);
        foreach (var path in run.HeapProfilePaths)
            Field("Heap profile", path);
        foreach (var (name, value) in run.SetEnvironment)
            Field("Set", $"{name}={value}");
        foreach (var warning in run.Warnings)
            Field("Warning", warning);
    }
}
