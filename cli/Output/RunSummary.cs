using System.Globalization;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Launch;
using MemTools.Cli.Infrastructure;
using MemTools.Reports.Model;
using MemTools.Reports.Writers;

namespace MemTools.Cli.Output;

/// <summary>What a person reads on standard error after a run: the leaks, how the program ended, where the run is kept.</summary>
internal static class RunSummary
{
    public static void Write(Terminal terminal, AllocatorRun run, IReadOnlyList<LeakReport> reports, OutputFormat format)
    {
        var writer = terminal.Error;
        if (run.HeapCheck != HeapCheckMode.None)
        {
            writer.WriteLine();
            LeakOutput.WriteText(writer, reports, format == OutputFormat.List ? LeakExportFormat.List : LeakExportFormat.Table, terminal.ErrorStyle, terminal.Width);
            if (reports.All(report => report.VerdictReason != run.VerdictReason) && run.Verdict == Verdict.NotChecked)
                writer.WriteLine($"{terminal.ErrorStyle.Warn("Not checked:")} {run.VerdictReason}");
        }
        else if (EndedBadly(run))
        {
            writer.WriteLine($"{terminal.ErrorStyle.Bad("memtools:")} the program {Ending(run)}");
        }

        foreach (var profile in run.HeapProfilePaths)
            writer.WriteLine($"Heap profile: {profile}");
        if (run.HeapCheck != HeapCheckMode.None || run.HeapProfilePaths.Count > 0)
            writer.WriteLine(terminal.ErrorStyle.Faint(Facts(run)));
    }

    /// <summary>For example <c>exited with 3</c>.</summary>
    public static string Ending(AllocatorRun run) => run.State switch
    {
        RunState.Exited when run.Signal is not null => $"was ended by {run.Signal}{(run.CoreDumped ? " (core dumped)" : "")}",
        RunState.Exited => $"exited with {run.ExitCode}",
        RunState.Failed => "could not be started",
        RunState.Lost => "ended unseen",
        _ => "runs",
    };

    private static bool EndedBadly(AllocatorRun run) => run.Signal is not null || run.State is RunState.Failed or RunState.Lost;

    private static string Facts(AllocatorRun run) => string.Create(
        CultureInfo.InvariantCulture,
        $"Run {run.Id}: {Path.GetFileName(run.FilePath)} {Ending(run)} after {run.Duration.TotalSeconds:0.00} s, peak memory {run.PeakResidentBytes / 1048576.0:0.0} MiB, "
        + $"{run.Allocator ?? "its own allocator"}{(run.AllocatorVersion is null ? "" : " " + run.AllocatorVersion)}. Stacks: memtools leaks --run {run.Id} --format list");
}
