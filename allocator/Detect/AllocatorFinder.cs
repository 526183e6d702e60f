using System.IO.Enumeration;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.HeapCheck;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Detect;

/// <summary>Finds allocators on a target and proves what they can do.</summary>
public static class AllocatorFinder
{
    /// <summary>
    /// Everything that is asked for, in the catalogue's order: a record per library found (the user's store first), and one without a path
    /// for what is known but not installed. Libraries are probed side by side.
    /// </summary>
    /// <exception cref="MemToolsException"><c>UnknownAllocator</c>, <c>LibraryNotFound</c>; <c>NotAnElfFile</c> for a path that is no library.</exception>
    public static async Task<IReadOnlyList<Allocator>> FindAsync(ITarget target, FindRequest? request = null, CancellationToken cancellation = default)
    {
        request ??= new FindRequest();
        var search = new LibrarySearch(target, cancellation);
        var probe = new LibraryProbe(target, request, cancellation);
        var store = StoreOf(target, request);
        var engines = new EngineSearch(target, search);
        var (entries, paths) = Select(request);

        var work = new List<Task<Allocator>>();
        foreach (var path in paths)
        {
            work.Add(Task.Run(() => ProbePathAsync(target, probe, store, path, cancellation), cancellation));
        }

        foreach (var entry in entries)
        {
            var candidates = search.Find(entry, store);
            foreach (var candidate in candidates)
            {
                work.Add(Task.Run(() => ProbeFoundAsync(probe, candidate, cancellation), cancellation));
            }

            var provided = target.FindProvided(entry.Name);
            if (provided is not null)
            {
                work.Add(Task.FromResult(provided));
            }

            if (candidates.Count == 0 && provided is null)
            {
                work.Add(Task.FromResult(new Allocator
                {
                    Name = entry.Name,
                    Path = entry.Program is null ? null : target.FindProgram(entry.Program),
                    Scope = entry.Program is not null && target.FindProgram(entry.Program) is not null ? InstallScope.AllUsers : null,
                    HeapCheck = entry.Kind == CatalogKind.LeakEngine && entry.Program is not null && target.FindProgram(entry.Program) is not null
                        ? Capability.Supported : Capability.Unknown,
                }));
            }
        }

        var found = await Task.WhenAll(work).ConfigureAwait(false);
        probe.Save();
        IReadOnlyList<Allocator> result = [.. found.Select(a => a with { Engines = engines.Of(a) })];
        return request.QueryPackages ? await PackageLookup.FillAsync(target, result, cancellation).ConfigureAwait(false) : result;
    }

    /// <summary>
    /// The one library to use: of several the one that works here, can do the wanted check, is the user's own, is newest, in that order.
    /// </summary>
    /// <param name="target">Where.</param>
    /// <param name="nameOrPath">Catalogue name or alias, a soname, or the path of a library.</param>
    /// <param name="wanted">The heap check that is wanted; decides only between several libraries.</param>
    /// <param name="request">Store, cache and canary program; its names are not used. Null for the defaults.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="MemToolsException"><c>AllocatorNotInstalled</c>, and as <see cref="FindAsync"/>.</exception>
    public static async Task<Allocator> ResolveAsync(
        ITarget target, string nameOrPath, HeapCheckMode wanted = HeapCheckMode.None, FindRequest? request = null,
        CancellationToken cancellation = default)
    {
        request ??= new FindRequest();
        if (target.FindProvided(nameOrPath) is { } provided)
        {
            return provided;
        }

        var search = new LibrarySearch(target, cancellation);
        var probe = new LibraryProbe(target, request, cancellation);
        var store = StoreOf(target, request);
        var engines = new EngineSearch(target, search);
        Allocator? best;
        if (IsPath(target, nameOrPath))
        {
            best = await ProbePathAsync(target, probe, store, nameOrPath, cancellation).ConfigureAwait(false);
        }
        else
        {
            var entry = AllocatorCatalog.FindBySoname(nameOrPath) ?? AllocatorCatalog.Get(nameOrPath);
            best = Best(await ProbeAllAsync(probe, search.Find(entry, store, everywhere: false), cancellation).ConfigureAwait(false), target, wanted);
            if (best is null && entry.Program is not null && target.FindProgram(entry.Program) is { } program)
            {
                best = new Allocator { Name = entry.Name, Path = program, Scope = InstallScope.AllUsers };
            }

            if (best is null)
            {
                throw NotInstalled(target, entry);
            }
        }

        probe.Save();
        return best with { Engines = engines.Of(best) };
    }

    // On this thread: usually all is remembered, and threads would take longer to start; canaries run side by side all the same.
    private static async Task<IReadOnlyList<Allocator>> ProbeAllAsync(
        LibraryProbe probe, IReadOnlyList<LibraryCandidate> candidates, CancellationToken cancellation)
    {
        var probes = new List<Task<Allocator>>();
        foreach (var candidate in candidates)
        {
            probes.Add(ProbeFoundAsync(probe, candidate, cancellation));
        }

        return await Task.WhenAll(probes).ConfigureAwait(false);
    }

    // The first of the best.
    private static Allocator? Best(IReadOnlyList<Allocator> found, ITarget target, HeapCheckMode wanted)
    {
        Allocator? best = null;
        foreach (var allocator in found)
        {
            if (best is null || Compare(allocator, best) > 0)
            {
                best = allocator;
            }
        }

        return best;

        int Compare(Allocator a, Allocator b)
        {
            var order = (a.Architecture == target.Architecture).CompareTo(b.Architecture == target.Architecture);
            order = order != 0 ? order : (a.Problem is null).CompareTo(b.Problem is null);
            order = order != 0 || wanted == HeapCheckMode.None ? order : (a.HeapCheck == Capability.Supported).CompareTo(b.HeapCheck == Capability.Supported);
            order = order != 0 ? order : Rank(b.Scope) - Rank(a.Scope);
            return order != 0 ? order : LibraryVersion.Compare(a.Version, b.Version);
        }

        static int Rank(InstallScope? scope) => scope is { } value ? (int)value : -1;
    }

    private static async Task<Allocator> ProbePathAsync(
        ITarget target, LibraryProbe probe, UserStore? store, string path, CancellationToken cancellation)
    {
        var full = target is LocalTarget ? Path.GetFullPath(path) : path;
        if (!target.Exists(full))
        {
            throw new MemToolsException(
                "LibraryNotFound", MemToolsErrorCategory.ObjectNotFound, $"There is no library '{full}' on {target.Name}.", path,
                "Check the path, or name an allocator of the catalogue: Get-Allocator / memtools allocators lists them.");
        }

        // A library of the store named by its path still needs its dependencies.
        var stored = store?.List().FirstOrDefault(s => s.LibraryPath == full);
        return await probe.ProbeAsync(
            new LibraryCandidate(full, null, stored is null ? InstallScope.Custom : InstallScope.CurrentUser, stored), cancellation).ConfigureAwait(false);
    }

    // A damaged file among those found by name is shown with its problem; it must not hide the others.
    private static async Task<Allocator> ProbeFoundAsync(LibraryProbe probe, LibraryCandidate candidate, CancellationToken cancellation)
    {
        try
        {
            return await probe.ProbeAsync(candidate, cancellation).ConfigureAwait(false);
        }
        catch (MemToolsException e)
        {
            return new Allocator { Name = candidate.Entry!.Name, Path = candidate.Path, Scope = candidate.Scope, Problem = e.Message };
        }
    }

    private static (IReadOnlyList<CatalogEntry> Entries, IReadOnlyList<string> Paths) Select(FindRequest request)
    {
        if (request.Names.Count == 0)
        {
            return (request.IncludeEngines ? AllocatorCatalog.All : AllocatorCatalog.Allocators, []);
        }

        var entries = new List<CatalogEntry>();
        var paths = new List<string>();
        foreach (var name in request.Names)
        {
            if (name.Contains('/', StringComparison.Ordinal))
            {
                paths.Add(name);
            }
            else if (name.AsSpan().ContainsAny('*', '?'))
            {
                var from = request.IncludeEngines ? AllocatorCatalog.All : AllocatorCatalog.Allocators;
                entries.AddRange(from.Where(e => FileSystemName.MatchesSimpleExpression(name, e.Name)));
            }
            else
            {
                entries.Add(AllocatorCatalog.FindBySoname(name) ?? AllocatorCatalog.Get(name));
            }
        }

        return ([.. entries.Distinct()], paths);
    }

    private static bool IsPath(ITarget target, string text) =>
        text.Contains('/', StringComparison.Ordinal)
        || (text.Contains(".so", StringComparison.Ordinal) && AllocatorCatalog.FindBySoname(text) is null && target.Exists(text));

    private static UserStore? StoreOf(ITarget target, FindRequest request) =>
        target is LocalTarget ? request.Store ?? new UserStore() : request.Store;

    private static MemToolsException NotInstalled(ITarget target, CatalogEntry entry)
    {
        var where = target is LocalTarget ? "" : $" on {target.Name}";
        var action = entry.Packages.All(p => p.Names.Count == 0)
            ? "It cannot be installed by itself."
            : $"Install-Allocator {entry.Name} / memtools install {entry.Name}";
        return new MemToolsException(
            "AllocatorNotInstalled", MemToolsErrorCategory.NotInstalled, $"{entry.Name} is not installed{where}.", entry.Name, action);
    }
}
