using System.Security.Cryptography;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Provisioning;

/// <summary>Makes a folder of the store out of unpacked packages: the library, what it needs beside the system's, and their licences.</summary>
internal sealed class StoreFolder(ITarget target, IPackageManager manager, CatalogEntry entry)
{
    /// <summary>Sonames that neither the system nor the packages have.</summary>
    public IReadOnlyList<string> Missing(UnpackedPackages unpacked, CancellationToken cancellation)
    {
        var libraries = Libraries(unpacked.Root);
        return Library(libraries) is { } library ? Close(library, libraries, cancellation).Missing : [];
    }

    /// <summary>Fills the folder and describes it.</summary>
    /// <exception cref="MemToolsException"><c>PackageWithoutLibrary</c>, <c>DependencyMissing</c>.</exception>
    public (string Folder, StoreManifest Manifest) Fill(string temporary, UnpackedPackages unpacked, CancellationToken cancellation)
    {
        var libraries = Libraries(unpacked.Root);
        var library = Library(libraries) ?? throw new MemToolsException(
            "PackageWithoutLibrary", MemToolsErrorCategory.ObjectNotFound,
            $"The package {unpacked.Choice.Name} has no {string.Join(" or ", entry.Sonames)}.", entry.Name,
            "Install another version, or name the library by its path.");
        var closure = Close(library, libraries, cancellation);
        if (closure.Missing.Count > 0)
        {
            throw new MemToolsException(
                "DependencyMissing", MemToolsErrorCategory.NotInstalled,
                $"{Path.GetFileName(library)} needs {string.Join(", ", closure.Missing)}, which neither the system nor the downloaded packages have.",
                entry.Name, $"Let the system's package manager install it: Install-Allocator {entry.Name} -Scope AllUsers / memtools install {entry.Name} --scope AllUsers");
        }

        var folder = Directory.CreateDirectory(Path.Combine(temporary, "final")).FullName;
        var lib = Directory.CreateDirectory(Path.Combine(folder, "lib")).FullName;
        foreach (var file in closure.Order.Append(library))
        {
            // The soname as a plain file: a link's target would be a second name for the same thing.
            File.Copy(file, Path.Combine(lib, Path.GetFileName(file)));
        }

        CopyLicences(unpacked.Root, folder);
        using var elf = ElfFile.Open(library);
        var facts = LibraryFacts.Read(elf);
        var packages = unpacked.Packages.Select(Describe).ToList();
        var version = unpacked.Choice.Version ?? packages.FirstOrDefault(p => p.Name == unpacked.Choice.Name)?.Version ?? facts.Version ?? "unknown";
        return (folder, new StoreManifest
        {
            Name = entry.Name,
            Version = version,
            Package = unpacked.Choice.Name,
            Manager = manager.Name,
            Library = "lib/" + Path.GetFileName(library),
            Dependencies = [.. closure.Order.Select(f => "lib/" + Path.GetFileName(f))],
            Architecture = facts.Architecture,
            Libc = facts.Libc,
            NeedsGlibc = closure.NeedsGlibc,
            InstalledAt = DateTimeOffset.UtcNow,
            Packages = packages,
            Files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(f => new StoredFile(Path.GetRelativePath(folder, f), new FileInfo(f).Length, Hash(f)))],
        });
    }

    private DependencyClosure Close(string library, Dictionary<string, string> libraries, CancellationToken cancellation)
    {
        var search = new LibrarySearch(target, cancellation);
        var closure = new DependencyClosure(
            libraries, soname => soname.StartsWith("ld-linux", StringComparison.Ordinal) || search.FindSoname(soname).Any(p => IsUsable(p, cancellation)));
        closure.Walk(library);
        return closure;
    }

    // A 32-bit library of that soname does not help a 64-bit program.
    private bool IsUsable(string path, CancellationToken cancellation)
    {
        if (target.Fetch(path, cancellation) is not { } file)
        {
            return false;
        }

        using var elf = ElfFile.TryOpen(file, out _);
        return elf is not null && elf.Architecture == target.Architecture;
    }

    private string? Library(Dictionary<string, string> libraries) =>
        entry.Sonames.Select(s => libraries.GetValueOrDefault(s)).FirstOrDefault(p => p is not null);

    // A link that points outside what was unpacked is not followed: only regular files inside count.
    private static Dictionary<string, string> Libraries(string root)
    {
        var libraries = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(root, "*.so*", SearchOption.AllDirectories))
        {
            var real = new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file;
            if (real.StartsWith(root + "/", StringComparison.Ordinal) && File.Exists(real) && !file.Contains("/debug/", StringComparison.Ordinal))
            {
                libraries.TryAdd(Path.GetFileName(file), file);
            }
        }

        return libraries;
    }

    private static void CopyLicences(string root, string folder)
    {
        foreach (var (from, pattern) in new[] { ("usr/share/doc", "copyright"), ("usr/share/licenses", "*") })
        {
            var path = Path.Combine(root, from);
            foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories) : [])
            {
                if (new FileInfo(file).LinkTarget is null)
                {
                    var to = Path.Combine(folder, "licences", Path.GetRelativePath(path, file));
                    Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                    File.Copy(file, to);
                }
            }
        }
    }

    // package_version_arch.deb; package-version-release.arch.rpm; package-version-release-arch.pkg.tar.zst
    private StoredPackage Describe(string file)
    {
        var name = Path.GetFileName(file);
        var parts = manager.Family == PackageFamily.Apt ? name.Split('_') : [];
        if (parts.Length == 3)
        {
            return new StoredPackage(parts[0], Uri.UnescapeDataString(parts[1]), name, Hash(file));
        }

        var stem = name[..^manager.PackageSuffix.Length];
        if (manager.Family is PackageFamily.Rpm or PackageFamily.Zypper && stem.Contains('.'))
        {
            stem = stem[..stem.LastIndexOf('.')];
        }

        var dashes = stem.Split('-');
        var tail = manager.Family == PackageFamily.Pacman ? 3 : 2;
        return dashes.Length > tail
            ? new StoredPackage(string.Join('-', dashes[..^tail]), string.Join('-', dashes[^tail..(tail == 3 ? ^1 : ^0)]), name, Hash(file))
            : new StoredPackage(stem, null, name, Hash(file));
    }

    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
