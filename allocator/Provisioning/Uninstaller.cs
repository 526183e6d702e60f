using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Removes from the store or the system.</summary>
internal sealed class Uninstaller(ITarget target, UninstallRequest request, CatalogEntry entry, IProgress<ProgressStep>? progress)
{
    public Task<InstallPlan> RunAsync(bool execute, CancellationToken cancellation) =>
        Provisioner.ScopeOf(request.Scope, target, entry) == InstallScope.AllUsers
            ? FromSystemAsync(execute, cancellation)
            : FromStoreAsync(execute, cancellation);

    private async Task<InstallPlan> FromStoreAsync(bool execute, CancellationToken cancellation)
    {
        var store = request.Store ?? new UserStore();
        using var held = execute && Directory.Exists(store.Root) ? await store.LockAsync(cancellation).ConfigureAwait(false) : null;
        var found = store.List(entry.Name).Where(s => request.Version is null || PackageChoice.IsVersion(s.Manifest.Version, request.Version)).ToList();
        if (found.Count == 0)
        {
            throw NotInstalled(request.Version is null ? "the user's store" : $"the user's store in version {request.Version}");
        }

        if (execute)
        {
            store.Sweep();
            foreach (var stored in found)
            {
                progress?.Report(new ProgressStep("Removing", -1, stored.Directory));
                store.Remove(stored);
            }
        }

        return new InstallPlan
        {
            Name = entry.Name,
            Scope = InstallScope.CurrentUser,
            Target = target.Name,
            Packages = [.. found.Select(s => $"{s.Manifest.Package} {s.Manifest.Version}")],
            Commands = [.. found.Select(s => new PackageCommand("rm", "-r", s.Directory).ToString())],
            Folder = found[0].Directory,
        };
    }

    private async Task<InstallPlan> FromSystemAsync(bool execute, CancellationToken cancellation)
    {
        if (entry.Name is "ptmalloc" or "libc-malloc-debug")
        {
            throw new MemToolsException(
                "PackageStillNeeded", MemToolsErrorCategory.InvalidOperation, $"{entry.Name} is part of the C library: everything needs it.", entry.Name,
                "Leave it where it is.");
        }

        var manager = PackageManagers.Get(target, cancellation);
        var runner = new CommandRunner(target, manager, entry, progress);
        var packages = new List<string>();
        foreach (var name in entry.PackagesOf(manager.Family)?.Names ?? [])
        {
            if (await IsInstalledAsync(manager, runner, name, cancellation).ConfigureAwait(false))
            {
                packages.Add(name);
            }
        }

        if (packages.Count == 0)
        {
            throw NotInstalled(target.Name);
        }

        foreach (var package in request.Force ? [] : packages)
        {
            var dependents = manager.TryRemove(package) is { } test
                ? manager.ParseDependents(package, await runner.AskAsync(test, cancellation).ConfigureAwait(false))
                : [];
            if (dependents.Count > 0)
            {
                throw new MemToolsException(
                    "PackageStillNeeded", MemToolsErrorCategory.InvalidOperation,
                    $"{package} is needed by {string.Join(", ", dependents)} on {target.Name}, which would be removed with it.", entry.Name,
                    "Remove those first, or use -Force / --force.");
            }
        }

        var command = manager.Remove(packages);
        if (execute)
        {
            var result = await runner.TryAsync(command, "Removing", cancellation).ConfigureAwait(false);

            // zypper may say 8 although it removed the package: what is installed decides.
            if (result.ExitCode != 0 && await IsInstalledAsync(manager, runner, packages[0], cancellation).ConfigureAwait(false))
            {
                throw PackageErrors.Of(manager, runner.Elevate(command), result, entry, target);
            }
        }

        return new InstallPlan
        {
            Name = entry.Name, Scope = InstallScope.AllUsers, Target = target.Name, Manager = manager.Name, Packages = packages,
            Commands = [runner.Elevate(command).ToString()],
        };
    }

    private static async Task<bool> IsInstalledAsync(IPackageManager manager, CommandRunner runner, string package, CancellationToken cancellation) =>
        manager.ParseInstalled(await runner.AskAsync(manager.QueryInstalled(package), cancellation).ConfigureAwait(false)) is not null;

    private MemToolsException NotInstalled(string where) => new(
        "AllocatorNotInstalled", MemToolsErrorCategory.NotInstalled, $"{entry.Name} is not installed in {where}.", entry.Name,
        "Get-Allocator / memtools allocators shows what is installed where.");
}
