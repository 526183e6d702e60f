using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.HeapCheck;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Containers.Provisioning;

/// <summary>What has to be copied to a target so that a library of this machine can be preloaded there.</summary>
/// <param name="Allocator">The allocator as the target will have it: paths are the target's.</param>
/// <param name="Files">Path on the target → path on this machine.</param>
public sealed record LibraryCopy(Allocator Allocator, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Parts of the C library: always the target's own.</summary>
    private static readonly string[] LibcParts = ["libc.so", "libm.so", "libpthread.so", "libdl.so", "librt.so", "libresolv.so", "ld-linux", "ld64.so", "libutil.so"];

    /// <summary>Finds the library here and checks that it fits there.</summary>
    /// <param name="name">Catalogue name.</param>
    /// <param name="wanted">The heap check that is wanted of it.</param>
    /// <param name="target">Where it shall go.</param>
    /// <param name="directory">The directory there.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="MemToolsException">AllocatorNotInstalled (here), AllocatorNotCompatible.</exception>
    public static async Task<LibraryCopy> PlanAsync(string name, HeapCheckMode wanted, ITarget target, string directory, CancellationToken cancellation)
    {
        Allocator here = await AllocatorFinder.ResolveAsync(LocalTarget.Instance, name, wanted, cancellation: cancellation);
        if (here.Path is not { } library || !library.Contains(".so", StringComparison.Ordinal))
            throw Unfit(name, target, "it is a program, not a library", "Use an image that has it.");
        if (here.Architecture is { } architecture && architecture != target.Architecture)
            throw Unfit(name, target, $"it is for {architecture}, the target is {target.Architecture}", "Use an image for this machine's architecture, or one that has a package manager.");
        TargetLibc libc = TargetLibc.Read(target, cancellation);
        if (libc.Name == "musl")
            throw Unfit(name, target, "it is built for glibc, and the target has musl", "Use an image with glibc; a leak check for musl programs is only possible when they are linked with the checker.");
        if (libc.Name is null)
            throw Unfit(name, target, "the target has no C library: its programs are static, and a static program ignores LD_PRELOAD", "Link the program dynamically, or link the checker into it.");

        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var dependencies = new List<string>();
        string main = Take(library, directory, files);
        foreach (string dependency in here.Dependencies)
            dependencies.Add(Take(dependency, directory, files));
        foreach ((string soname, string path) in Missing(here, target))
        {
            if (files.ContainsKey(directory + "/" + soname))
                continue;
            files[directory + "/" + soname] = path;
            dependencies.Add(directory + "/" + soname);
        }

        foreach (string file in files.Values)
            CheckGlibc(name, file, libc, target);
        return new LibraryCopy(
            here with { Path = main, Dependencies = dependencies, Scope = InstallScope.Custom, Package = null, Problem = null }, files);
    }

    private static string Take(string path, string directory, Dictionary<string, string> files)
    {
        string there = directory + "/" + Path.GetFileName(path);
        files[there] = path;
        return there;
    }

    /// <summary>What the library needs, in turn, and the target does not have.</summary>
    private static List<(string Soname, string Path)> Missing(Allocator here, ITarget target)
    {
        var result = new List<(string, string)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<string>(here.Dependencies.Append(here.Path!));
        foreach (string known in queue)
            seen.Add(Path.GetFileName(known));
        while (queue.TryDequeue(out string? path))
        {
            using ElfFile? elf = ElfFile.TryOpen(path, out _);
            foreach (string soname in elf?.NeededLibraries ?? [])
            {
                if (!seen.Add(soname) || LibcParts.Any(part => soname.StartsWith(part, StringComparison.Ordinal))
                    || LoaderFolders.Of(target.Architecture).Any(folder => target.Exists(folder + "/" + soname)))
                    continue;
                string? local = LoaderFolders.Of(target.Architecture).Select(folder => folder + "/" + soname).FirstOrDefault(File.Exists)
                    ?? here.Dependencies.FirstOrDefault(d => Path.GetFileName(d) == soname);
                if (local is null)
                    continue; // the loader there will say so; the run is then not checked, with its words
                result.Add((soname, local));
                queue.Enqueue(local);
            }
        }

        return result;
    }

    private static void CheckGlibc(string name, string file, TargetLibc libc, ITarget target)
    {
        using ElfFile? elf = ElfFile.TryOpen(file, out _);
        string? needs = elf is null ? null : LibraryFacts.Read(elf).NeedsGlibc;
        if (needs is not null && libc.Version is { } has && LibraryVersion.Compare(needs, has) > 0)
        {
            throw Unfit(
                name, target, $"{Path.GetFileName(file)} of this machine needs glibc {needs}, the target has {has}",
                "Install it by the target's package manager (-Method PackageManager), or copy from a machine as old as the image.");
        }
    }

    private static MemToolsException Unfit(string name, ITarget target, string why, string action) => new(
        "AllocatorNotCompatible", MemToolsErrorCategory.InvalidOperation, $"{name} of this machine cannot be used in {target.Name}: {why}.", name, action);
}
