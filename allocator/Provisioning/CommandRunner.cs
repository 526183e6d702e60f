using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Runs a package manager's commands on a target, through sudo where they need root and it is not had.</summary>
internal sealed class CommandRunner(ITarget target, IPackageManager manager, CatalogEntry entry, IProgress<ProgressStep>? progress)
{
    private readonly List<string> commands = [];
    private (PackageCommand Command, CommandResult Result)? refreshed;

    /// <summary>Commands that changed something.</summary>
    public IReadOnlyList<string> Commands => commands;

    /// <summary>The command as it has to be run here.</summary>
    /// <exception cref="MemToolsException"><c>RootRequired</c> when there is neither root nor sudo.</exception>
    public PackageCommand Elevate(PackageCommand command) =>
        !command.NeedsRoot || target.IsRoot ? command
        : target.FindProgram("sudo") is not null ? command.WithSudo()
        : throw PackageErrors.RootRequired(command, entry, target);

    /// <summary>Runs a question; its failure is an answer.</summary>
    public Task<CommandResult> AskAsync(PackageCommand command, CancellationToken cancellation) => target.RunAsync(command.ToRequest(), cancellation);

    /// <summary>Runs a command that changes something, and returns what it did, also when it failed.</summary>
    public async Task<CommandResult> TryAsync(PackageCommand command, string activity, CancellationToken cancellation)
    {
        var elevated = Elevate(command);
        commands.Add(elevated.ToString());
        progress?.Report(new ProgressStep(activity, -1, elevated.ToString()));
        return await RunUnlessItWaitsAsync(elevated, cancellation).ConfigureAwait(false);
    }

    /// <summary>A manager that waits for another, for ever, is ended; what it said tells of the lock.</summary>
    private async Task<CommandResult> RunUnlessItWaitsAsync(PackageCommand command, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task stopping = Task.CompletedTask;
        string? waits = null;
        var request = command.ToRequest(line =>
        {
            if (waits is null && manager.SaysItWaits(line))
            {
                waits = line;
                stopping = stop.CancelAsync();
            }
        });
        try
        {
            return await target.RunAsync(request, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (waits is not null && !cancellation.IsCancellationRequested)
        {
            return new CommandResult(1, "", waits);
        }
        finally
        {
            await stopping.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Fetches lists. apt counts a source that it could not reach as a warning: what it said is kept for <see cref="ExplainMissing"/>.
    /// </summary>
    public async Task RefreshAsync(PackageCommand command, CancellationToken cancellation)
    {
        var result = await TryAsync(command, "Fetching package lists", cancellation).ConfigureAwait(false);
        refreshed = (Elevate(command), result);
        if (result.ExitCode != 0)
        {
            throw PackageErrors.Of(manager, Elevate(command), result, entry, target);
        }
    }

    /// <summary>The error for a package that no list has: when lists could not be fetched or trusted, that is the reason.</summary>
    public MemToolsException ExplainMissing() =>
        refreshed is { } done && manager.Classify(done.Result) is PackageFailure.NoNetwork or PackageFailure.BadSignature or PackageFailure.NoSpace
            ? PackageErrors.Of(manager, done.Command, done.Result, entry, target)
            : PackageErrors.UnknownPackage(manager, entry, target);

    /// <summary>Runs a command that changes something.</summary>
    /// <exception cref="MemToolsException">What <see cref="PackageErrors"/> makes of its failure.</exception>
    public async Task RunAsync(PackageCommand command, string activity, CancellationToken cancellation)
    {
        var result = await TryAsync(command, activity, cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw PackageErrors.Of(manager, Elevate(command), result, entry, target);
        }
    }
}
