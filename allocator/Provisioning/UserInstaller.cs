using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Installs into the user's store without root: the distribution's package, downloaded and verified by its manager, only unpacked.</summary>
internal sealed class UserInstaller(ITarget target, InstallRequest request, CatalogEntry entry, IProgress<ProgressStep>? progress)
{
    private readonly UserStore store = request.Store ?? new UserStore();

    public async Task<InstallPlan> PlanAsync(CancellationToken cancellation)
    {
        Check();
        var plan = new InstallPlan { Name = entry.Name, Scope = InstallScope.CurrentUser, Target = target.Name };
        if (!request.Force && Present() is { } present)
        {
            return plan with { Packages = [present.Manifest.Package], Folder = present.Directory, IsDone = true };
        }

        var manager = PackageManagers.Get(target, cancellation);
        var folder = Path.Combine(store.Root, ".tmp-XXXXXXXX");
        var download = new PackageDownload(target, manager, entry, request, progress);
        var (packages, commands) = await download.PlanAsync(folder, cancellation).ConfigureAwait(false);
        var version = packages[0].Contains('=') ? packages[0][(packages[0].IndexOf('=') + 1)..] : request.Version ?? "VERSION";
        return plan with { Manager = manager.Name, Packages = packages, Commands = commands, Folder = store.FolderOf(entry.Name, version) };
    }

    public async Task<InstallResult> InstallAsync(CancellationToken cancellation)
    {
        Check();
        using var held = await store.LockAsync(cancellation).ConfigureAwait(false);
        store.Sweep();
        if (!request.Force && Present() is { } present)
        {
            var known = await ProbeAsync(present, request.Cache, cancellation).ConfigureAwait(false);

            // What does not load any more (a system library it relied on has gone) is worth installing again.
            if (known.Problem is null)
            {
                return new InstallResult { Allocator = known, AlreadyInstalled = true, Packages = [known.Package!] };
            }
        }

        var manager = PackageManagers.Get(target, cancellation);
        var temporary = store.CreateTemporary();
        try
        {
            var download = new PackageDownload(target, manager, entry, request, progress);
            var unpacked = await download.RunAsync(temporary, cancellation).ConfigureAwait(false);
            var (final, manifest) = new StoreFolder(target, manager, entry).Fill(temporary, unpacked, cancellation);
            progress?.Report(new ProgressStep("Proving", -1, entry.Name));
            await ProveAsync(new StoredAllocator(final, manifest), temporary, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            var stored = store.Publish(final, manifest);
            return new InstallResult
            {
                Allocator = await ProbeAsync(stored, request.Cache, CancellationToken.None).ConfigureAwait(false),
                Commands = download.Commands,
                Packages = [.. manifest.Packages.Select(p => p.Version is null ? p.Name : $"{p.Name} {p.Version}")],
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "StoreNotWritable", MemToolsErrorCategory.WriteError, $"The allocator store '{store.Root}' cannot be written: {e.Message}", store.Root,
                "Check its owner and the space on its disk, or set XDG_DATA_HOME to a folder that you may write.", e);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private void Check()
    {
        if (entry.Sonames.Count == 0 || entry.Name is "ptmalloc" or "libc-malloc-debug")
        {
            throw new MemToolsException(
                "ScopeNotSupported", MemToolsErrorCategory.InvalidArgument,
                entry.Sonames.Count == 0
                    ? $"{entry.Name} is a program that only works at its own place in the system; it cannot be unpacked into a user's store."
                    : $"{entry.Name} is part of the C library; another one than the system's cannot be preloaded.",
                entry.Name, $"Install-Allocator {entry.Name} -Scope AllUsers / memtools install {entry.Name} --scope AllUsers");
        }

        if (store.Root.AsSpan().ContainsAny(" :\t\n"))
        {
            throw new MemToolsException(
                "StorePathNotPreloadable", MemToolsErrorCategory.InvalidArgument,
                $"LD_PRELOAD splits paths at blanks and colons, so libraries below '{store.Root}' could not be preloaded.", store.Root,
                "Set XDG_DATA_HOME to a folder without them.");
        }
    }

    private StoredAllocator? Present() =>
        store.List(entry.Name).FirstOrDefault(s => request.Version is null || PackageChoice.IsVersion(s.Manifest.Version, request.Version));

    // Before it is published: what does not work is never seen by anyone.
    private async Task ProveAsync(StoredAllocator stored, string temporary, CancellationToken cancellation)
    {
        var proved = await ProbeAsync(stored, new CanaryCache(Path.Combine(temporary, "canary.json")), cancellation).ConfigureAwait(false);
        if (proved.Problem is not { } problem)
        {
            return;
        }

        var tooNew = problem.Contains("GLIBC_", StringComparison.Ordinal);
        throw new MemToolsException(
            "AllocatorNotUsable", MemToolsErrorCategory.InvalidOperation,
            $"{stored.Manifest.Package} {stored.Manifest.Version} was unpacked but does not work here, and was not installed: {problem}", entry.Name,
            tooNew
                ? $"The package is made for a newer system (glibc {stored.Manifest.NeedsGlibc}). Take it from this distribution's own release: leave the version out."
                : $"Let the system's package manager install it: Install-Allocator {entry.Name} -Scope AllUsers / memtools install {entry.Name} --scope AllUsers");
    }

    private async Task<Allocator> ProbeAsync(StoredAllocator stored, CanaryCache? cache, CancellationToken cancellation)
    {
        var find = new FindRequest { Store = store, Cache = cache };
        var search = new LibrarySearch(target, cancellation);
        var probe = new LibraryProbe(target, find, cancellation);
        var found = await probe.ProbeAsync(
            new LibraryCandidate(stored.LibraryPath!, entry, InstallScope.CurrentUser, stored), cancellation).ConfigureAwait(false);
        probe.Save();
        return found with { Engines = new EngineSearch(target, search).Of(found) };
    }
}
