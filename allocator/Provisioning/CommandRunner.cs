using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports;

namespace MemTools.Allocators.Provisioning;

/// <summary>Runs a package manager's commands on a target, through sudo where they need root and it is not had.</summary>
internal sealed class CommandRunner(ITarget target, IPackageManager manager, CatalogEntry entry, IProgress<ProgressStep>? progress)
{
    private readonly List<string> commands = [];

    /// <summary>Commands that changed something.</summary>
    public IReadOnlyList<string> Commands => commands;

    /// <summary>The command as it has to be run here.</summary>
    /// <exception cref="MemTools.Reports.Errors.MemToolsException"><c>RootRequired</c> when there is neither root nor sudo.</exception>
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
        return await target.RunAsync(elevated.ToRequest(), cancellation).ConfigureAwait(false);
    }

    /// <summary>Runs a command that changes something.</summary>
    /// <exception cref="MemTools.Reports.Errors.MemToolsException">What <see cref="PackageErrors"/> makes of its failure.</exception>
    public async Task RunAsync(PackageCommand command, string activity, CancellationToken cancellation)
    {
        var result = await TryAsync(command, activity, cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw PackageErrors.Of(manager, Elevate(command), result, entry, target);
        }
    }
}
