using MemTools.Allocators;
using MemTools.Allocators.Launch;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Containers.Targets;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.Containers;

/// <summary>
/// The leak reports of a container that others started with a checker in its environment (HEAPCHECK, LSAN_OPTIONS): from its log and the files that the checker left,
/// whether it still runs or not. The container stays as it is.
/// </summary>
public static class ContainerReports
{
    /// <summary>Reads the reports; there is always at least one, and what nothing proves is NotChecked.</summary>
    /// <param name="nameOrId">As docker takes it.</param>
    /// <param name="symbols">Where symbols come from besides the container.</param>
    /// <param name="host">The engine's address; null to find it as docker does.</param>
    /// <param name="progress">Told of the steps; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="MemToolsException">ContainerNotFound and others of the engine's.</exception>
    public static async Task<IReadOnlyList<LeakReport>> ReadAsync(
        string nameOrId, SymbolizeOptions symbols, string? host = null, IProgress<ProgressStep>? progress = null, CancellationToken cancellation = default)
    {
        using EngineClient client = await EngineClient.ConnectAsync(EndpointFinder.Find(host), cancellation);
        ContainerDetails details = await client.InspectContainerAsync(nameOrId, cancellation);
        CheckedSetup setup = CheckedSetup.Of(details);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("memtools-container-");
        try
        {
            (ContainerFiles files, ContainerShell? shell) = await FilesAsync(client, details, cancellation);
            progress?.Report(new ProgressStep("Reading log", -1, nameOrId));
            var log = await ContainerLog.KeepAsync(client, details, setup, folder.FullName, cancellation);
            progress?.Report(new ProgressStep("Fetching reports", -1, setup.Directory));
            var left = new LeftReports(client, details, files, shell);
            IReadOnlyList<string> missed = await left.FetchAsync(setup, folder.FullName, cancellation);
            progress?.Report(new ProgressStep("Fetching programs", -1, nameOrId));
            await RunModules.KeepAsync(folder.FullName, files, null, cancellation);
            IReadOnlyList<LeakReport> reports = Read(details, setup, log, folder.FullName, symbols, progress, cancellation);
            string name = details.Name.TrimStart('/');
            return [.. reports.Select(report => report with
            {
                Paths = [.. report.Paths.Select(path => Origin(path, name, setup))],
                Warnings = [.. report.Warnings, .. log.Problem is { } problem ? (string[])[problem] : [], .. missed],
            })];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<LeakReport> Read(
        ContainerDetails details, CheckedSetup setup, ContainerLog log, string folder, SymbolizeOptions symbols, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        ContainerState state = details.State;
        ProcessEnd end = state.Running ? new ProcessEnd() : ExitCodes.ToEnd(state.ExitCode);
        var facts = new ProcessFacts
        {
            ExitCode = end.ExitCode, Signal = end.Signal is { } signal ? Signals.Name(signal) : null, Mode = setup.Mode, StandardErrorKept = log.Problem is null,
        };
        string? quiet = setup.Engine is null ? "Neither HEAPCHECK nor LSAN_OPTIONS is in the container's environment: it was started without a leak check."
            : state.Running ? $"The container still runs: {setup.Engine} looks for leaks when the program ends."
            : state.OomKilled ? "The container ran out of memory and its kernel ended the program before its leak check."
            : null;
        List<string> paths = [.. Directory.EnumerateFiles(folder)];
        try
        {
            IReadOnlyList<LeakReport> reports = paths.Count == 0 ? [] : LeakReports.Read(
                new LeakReportRequest { Paths = [folder], Symbols = symbols, FilePath = setup.Program, Facts = facts, Engine = setup.Engine },
                new LocalFileSource(Path.Combine(folder, RunFileSource.FolderName)), progress, cancellation);
            if (reports.Count > 0)
                return [.. reports.Select(r => r.Verdict == Verdict.NotChecked && quiet is not null ? r with { VerdictReason = quiet } : r)];
        }
        catch (MemToolsException error) when (error.ErrorId is "ReportUnrecognized" or "ReportNotFound")
        {
            // A log without a word of a checker.
        }

        return
        [
            new LeakReport
            {
                Engine = setup.Engine ?? "", Verdict = Verdict.NotChecked, FilePath = setup.Program,
                VerdictReason = quiet ?? $"Neither the container's log nor {setup.Directory} has a word of {setup.Engine}: see with memtools check (Test-Allocator) why it was not there.",
            },
        ];
    }

    /// <summary>As <c>docker cp</c> and <c>docker logs</c> name it: the copies are gone when the report is read.</summary>
    private static string Origin(string path, string container, CheckedSetup setup)
    {
        string name = Path.GetFileName(path);
        return name == ContainerLog.FileName ? $"{container}:log" : $"{container}:{setup.Directory.TrimEnd('/')}/{name}";
    }

    private static async Task<(ContainerFiles Files, ContainerShell? Shell)> FilesAsync(EngineClient client, ContainerDetails details, CancellationToken cancellation)
    {
        ContainerShell? shell = null;
        var files = new ContainerFiles(
            client, _ => Task.FromResult(details.Id), async (directory, token) => shell is null ? null : await DirectoryListing.ByShellAsync(shell, directory, token),
            new ImageIndex(details.Image, ofContainers: true), isImage: false, _ => false, new FileCache());
        if (details.State is { Running: true, Status: not "paused" } && await client.StatPathAsync(details.Id, "/bin/sh", cancellation) is not null)
            shell = new ContainerShell(client, details.Id, null, EnvironmentList.Read(details.Config.Env, new Dictionary<string, string?>()), hasShell: true);
        return (files, shell);
    }
}
