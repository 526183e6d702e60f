using MemTools.Allocators.Catalog;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Installs and removes allocators and leak engines.</summary>
public static class Provisioner
{
    /// <summary>Installs, and proves by the canary that it works. What is there already is left alone.</summary>
    /// <param name="request">What and where to.</param>
    /// <param name="target">Which system.</param>
    /// <param name="progress">Gets each command before it runs (as Detail); null for none.</param>
    /// <param name="cancellation">Stops it; nothing half-made is left.</param>
    /// <exception cref="MemToolsException">
    /// <c>UnknownAllocator</c>, <c>PackageManagerNotFound</c>, <c>PackageNotFound</c>, <c>PackageVersionNotFound</c>, <c>NoNetwork</c>,
    /// <c>NoSpaceLeft</c>, <c>PackageManagerLocked</c>, <c>RootRequired</c>, <c>BadSignature</c>, <c>PackageManagerFailed</c>,
    /// <c>InstalledButNotFound</c>, <c>AllocatorNotUsable</c>, <c>DependencyMissing</c>, <c>PackageWithoutLibrary</c>, <c>ScopeNotSupported</c>,
    /// <c>StoreNotWritable</c>, <c>StorePathNotPreloadable</c>, <c>InstallMethodNotSupported</c>.
    /// </exception>
    public static Task<InstallResult> InstallAsync(
        InstallRequest request, ITarget target, IProgress<ProgressStep>? progress = null, CancellationToken cancellation = default)
    {
        var entry = Check(request, target);
        return ScopeOf(request.Scope, target, entry) == InstallScope.AllUsers
            ? new SystemInstaller(target, request, entry, progress).InstallAsync(cancellation)
            : new UserInstaller(target, request, entry, progress).InstallAsync(cancellation);
    }

    /// <summary>What <see cref="InstallAsync"/> would do: the exact commands. Asks the package manager, changes nothing, uses no network.</summary>
    /// <exception cref="MemToolsException">As <see cref="InstallAsync"/>, as far as it can be known before.</exception>
    public static Task<InstallPlan> PlanAsync(InstallRequest request, ITarget target, CancellationToken cancellation = default)
    {
        var entry = Check(request, target);
        return ScopeOf(request.Scope, target, entry) == InstallScope.AllUsers
            ? new SystemInstaller(target, request, entry, null).PlanAsync(cancellation)
            : new UserInstaller(target, request, entry, null).PlanAsync(cancellation);
    }

    /// <summary>Removes; returns what was done.</summary>
    /// <exception cref="MemToolsException">
    /// <c>AllocatorNotInstalled</c> when there is nothing to remove, <c>PackageStillNeeded</c>, and the package manager's as in <see cref="InstallAsync"/>.
    /// </exception>
    public static Task<InstallPlan> UninstallAsync(
        UninstallRequest request, ITarget target, IProgress<ProgressStep>? progress = null, CancellationToken cancellation = default) =>
        new Uninstaller(target, request, AllocatorCatalog.Get(request.Name), progress).RunAsync(execute: true, cancellation);

    /// <summary>What <see cref="UninstallAsync"/> would do.</summary>
    /// <exception cref="MemToolsException">As <see cref="UninstallAsync"/>.</exception>
    public static Task<InstallPlan> PlanUninstallAsync(UninstallRequest request, ITarget target, CancellationToken cancellation = default) =>
        new Uninstaller(target, request, AllocatorCatalog.Get(request.Name), null).RunAsync(execute: false, cancellation);

    /// <summary>The scope that holds when none is given: the user's own on this machine, the system elsewhere and for programs.</summary>
    internal static InstallScope ScopeOf(InstallScope? scope, ITarget target, CatalogEntry entry) =>
        scope switch
        {
            null => target.Name == "local" ? InstallScope.CurrentUser : InstallScope.AllUsers,
            InstallScope.CurrentUser when target.Name != "local" => throw new MemToolsException(
                "ScopeNotSupported", MemToolsErrorCategory.InvalidArgument, $"{target.Name} has no store of the user's; {entry.Name} can go into its system.",
                entry.Name, "Leave the scope out, or use -Method Copy / --method copy."),
            InstallScope.Custom => throw new MemToolsException(
                "ScopeNotSupported", MemToolsErrorCategory.InvalidArgument, "A library named by its path needs no installing.", entry.Name,
                "Use the scope CurrentUser or AllUsers."),
            { } given => given,
        };

    private static CatalogEntry Check(InstallRequest request, ITarget target)
    {
        var entry = AllocatorCatalog.Get(request.Name);
        return request.Method != InstallMethod.Copy
            ? entry
            : throw new MemToolsException(
                "InstallMethodNotSupported", MemToolsErrorCategory.InvalidArgument,
                $"The method Copy copies from the user's store into a container or image; {target.Name} is installed by its package manager.", entry.Name,
                "Leave the method out.");
    }
}
