using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;

namespace MemTools.Allocators.Detect;

/// <summary>Asks the package manager which package owns a library, or would bring it.</summary>
internal static class PackageLookup
{
    /// <summary>The same allocators with <see cref="Allocator.Package"/> filled in where the manager knows.</summary>
    public static async Task<IReadOnlyList<Allocator>> FillAsync(ITarget target, IReadOnlyList<Allocator> allocators, CancellationToken cancellation)
    {
        if (PackageManagers.Find(target, cancellation) is not { } manager)
        {
            return allocators;
        }

        var owners = OwnersAsync(target, manager, allocators, cancellation);
        var offers = OffersAsync(target, manager, allocators, cancellation);
        var (owned, offered) = (await owners.ConfigureAwait(false), await offers.ConfigureAwait(false));
        return
        [
            .. allocators.Select(a => a.Package is not null ? a
                : a.Path is { } path ? a with { Package = owned.GetValueOrDefault(path) }
                : a with { Package = offered.GetValueOrDefault(a.Name) }),
        ];
    }

    private static async Task<IReadOnlyDictionary<string, string>> OwnersAsync(
        ITarget target, IPackageManager manager, IReadOnlyList<Allocator> allocators, CancellationToken cancellation)
    {
        var paths = allocators.Where(a => a is { Path: not null, Package: null, Scope: InstallScope.AllUsers }).Select(a => a.Path!).Distinct().ToList();
        return paths.Count == 0 || manager.QueryOwners(paths) is not { } query
            ? new Dictionary<string, string>()
            : manager.ParseOwners(paths, await target.RunAsync(query.ToRequest(), cancellation).ConfigureAwait(false));
    }

    private static async Task<Dictionary<string, string>> OffersAsync(
        ITarget target, IPackageManager manager, IReadOnlyList<Allocator> allocators, CancellationToken cancellation)
    {
        var wanted = allocators.Where(a => !a.IsInstalled).Select(a => AllocatorCatalog.Find(a.Name)?.PackagesOf(manager.Family))
            .OfType<PackageNames>().SelectMany(p => p.Names).Distinct().ToList();
        var names = wanted.Count > 0 && manager.HasMetadata(target) && manager.QueryCandidates(wanted, PackageArea.System) is { } query
            ? manager.ParseCandidates(wanted, await target.RunAsync(query.ToRequest(), cancellation).ConfigureAwait(false)).Select(c => c.Name).ToHashSet()
            : null;

        // Without lists, or with a manager that can only be asked by trying, the catalogue's first name is the best guess.
        var offers = new Dictionary<string, string>();
        foreach (var allocator in allocators.Where(a => !a.IsInstalled))
        {
            var known = AllocatorCatalog.Find(allocator.Name)?.PackagesOf(manager.Family)?.Names ?? [];
            if ((names is null ? known : known.Where(names.Contains)).FirstOrDefault() is { } name)
            {
                offers[allocator.Name] = name;
            }
        }

        return offers;
    }
}
