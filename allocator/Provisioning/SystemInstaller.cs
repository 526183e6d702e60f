using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Installs for all users of a target, by its package manager.</summary>
internal sealed class SystemInstaller(ITarget target, InstallRequest request, CatalogEntry entry, IProgress<ProgressStep>? progress)
{
    public async Task<InstallPlan> PlanAsync(CancellationToken cancellation)
    {
        var manager = PackageManagers.Get(target, cancellation);
        var runner = new CommandRunner(target, manager, entry, progress);
        var names = NamesOf(manager);
        var plan = new InstallPlan { Name = entry.Name, Scope = InstallScope.AllUsers, Target = target.Name, Manager = manager.Name };
        if (!request.Force && await InstalledAsync(manager, runner, names, cancellation).ConfigureAwait(false) is { } installed)
        {
            return plan with { Packages = [installed], IsDone = true };
        }

        var hasMetadata = manager.HasMetadata(target);
        var area = hasMetadata ? PackageArea.System : new PackageArea("/tmp/memtools.XXXXXXXX");
        var choice = await ChooseAsync(manager, runner, names, hasMetadata ? area : null, cancellation).ConfigureAwait(false)
            ?? new PackageChoice(names[0], request.Version);
        var commands = new List<PackageCommand>();
        if (!hasMetadata && manager.Refresh(area) is { } refresh)
        {
            commands.Add(refresh);
        }

        commands.Add(manager.Install([choice.Argument(manager)], area, request.Force));
        return plan with { Packages = [choice.Argument(manager)], Commands = [.. commands.Select(c => runner.Elevate(c).ToString())] };
    }

    public async Task<InstallResult> InstallAsync(CancellationToken cancellation)
    {
        var manager = PackageManagers.Get(target, cancellation);
        var runner = new CommandRunner(target, manager, entry, progress);
        var names = NamesOf(manager);
        if (!request.Force && await InstalledAsync(manager, runner, names, cancellation).ConfigureAwait(false) is { } installed)
        {
            return new InstallResult { Allocator = await FindAsync(installed, cancellation).ConfigureAwait(false), AlreadyInstalled = true, Packages = [installed] };
        }

        // Fails early, before lists are fetched for nothing.
        runner.Elevate(manager.Install(names, PackageArea.System));
        var package = await RunAsync(manager, runner, names, cancellation).ConfigureAwait(false);
        progress?.Report(new ProgressStep("Proving", -1, entry.Name));
        return new InstallResult { Allocator = await FindAsync(package, cancellation).ConfigureAwait(false), Commands = runner.Commands, Packages = [package] };
    }

    private async Task<string> RunAsync(IPackageManager manager, CommandRunner runner, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        // With the system's lists first; when there are none, or they are too old to know the package, with lists for this call alone, so
        // that the caches stay as they were.
        if (manager.HasMetadata(target))
        {
            var (package, failed, error) = await TryInstallAsync(manager, runner, names, PackageArea.System, cancellation).ConfigureAwait(false);
            if (package is not null)
            {
                return package;
            }

            if (manager.Refresh(PackageArea.System) is null || failed is not (PackageFailure.UnknownPackage or PackageFailure.NoNetwork))
            {
                throw error!;
            }
        }

        await using var folder = await TargetFolder.CreateAsync(target, cancellation).ConfigureAwait(false);
        var area = new PackageArea(folder.Path);
        if (manager.Refresh(area) is { } refresh)
        {
            await runner.RefreshAsync(refresh, cancellation).ConfigureAwait(false);
        }

        var second = await TryInstallAsync(manager, runner, names, area, cancellation).ConfigureAwait(false);
        return second.Package ?? throw second.Error!;
    }

    private async Task<(string? Package, PackageFailure Failure, MemToolsException? Error)> TryInstallAsync(
        IPackageManager manager, CommandRunner runner, IReadOnlyList<string> names, PackageArea area, CancellationToken cancellation)
    {
        IReadOnlyList<string> packages = names;
        if (manager.QueryCandidates(names, area) is not null)
        {
            var choice = await ChooseAsync(manager, runner, names, area, cancellation).ConfigureAwait(false);
            if (choice is null)
            {
                return (null, PackageFailure.UnknownPackage, runner.ExplainMissing());
            }

            packages = [choice.Name];
            if (request.Version is not null)
            {
                packages = [choice.Argument(manager)];
            }
        }
        else if (request.Version is { } version)
        {
            packages = [.. names.Where(n => !n.Contains('(') && !n.Contains(':')).Select(n => manager.AtVersion(n, version))];
        }

        foreach (var package in packages)
        {
            var command = manager.Install([package], area, request.Force);
            var result = await runner.TryAsync(command, "Installing", cancellation).ConfigureAwait(false);
            if (result.ExitCode == 0)
            {
                return (package, default, null);
            }

            var failure = manager.Classify(result);
            if (failure == PackageFailure.UnknownPackage && package != packages[^1])
            {
                continue;
            }

            var error = failure == PackageFailure.UnknownPackage && request.Version is not null
                ? new MemToolsException(
                    "PackageVersionNotFound", MemToolsErrorCategory.ObjectNotFound,
                    $"{manager.Name} on {target.Name} has no {package}.", request.Version, "Leave the version out, or add a repository that has it.")
                : PackageErrors.Of(manager, runner.Elevate(command), result, entry, target);
            return (null, failure, error);
        }

        return (null, PackageFailure.UnknownPackage, PackageErrors.UnknownPackage(manager, entry, target));
    }

    private async Task<PackageChoice?> ChooseAsync(
        IPackageManager manager, CommandRunner runner, IReadOnlyList<string> names, PackageArea? area, CancellationToken cancellation)
    {
        if (area is null || manager.QueryCandidates(names, area) is not { } query)
        {
            return null;
        }

        var answer = await runner.AskAsync(query, cancellation).ConfigureAwait(false);
        return PackageChoice.Of(manager.ParseCandidates(names, answer), request.Version, entry);
    }

    private async Task<string?> InstalledAsync(
        IPackageManager manager, CommandRunner runner, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        foreach (var name in names.Where(n => !n.Contains('(') && !n.Contains(':')))
        {
            var answer = await runner.AskAsync(manager.QueryInstalled(name), cancellation).ConfigureAwait(false);
            if (manager.ParseInstalled(answer) is { } version && (request.Version is null || PackageChoice.IsVersion(version, request.Version)))
            {
                return name;
            }
        }

        return null;
    }

    private IReadOnlyList<string> NamesOf(IPackageManager manager)
    {
        var names = PackageChoice.Names(manager, entry, target.Architecture);
        return names.Count > 0 ? names : throw PackageErrors.UnknownPackage(manager, entry, target);
    }

    private async Task<Allocator> FindAsync(string package, CancellationToken cancellation)
    {
        var find = new FindRequest { Names = [entry.Name], Store = request.Store, Cache = request.Cache, QueryPackages = false };
        var found = await AllocatorFinder.FindAsync(target, find, cancellation).ConfigureAwait(false);
        var library = found.Where(a => a is { IsInstalled: true, Scope: InstallScope.AllUsers })
            .OrderByDescending(a => a.Architecture == target.Architecture).ThenByDescending(a => a.Problem is null).FirstOrDefault();
        return library is null
            ? throw new MemToolsException(
                "InstalledButNotFound", MemToolsErrorCategory.ObjectNotFound,
                $"The package {package} is installed on {target.Name}, but it brought no {string.Join(" or ", entry.Sonames.DefaultIfEmpty(entry.Program ?? entry.Name))}.",
                entry.Name, "Look into the package; its library can be named by path.")
            : library with { Package = package };
    }
}
