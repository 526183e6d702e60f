using System.Text.Json.Serialization;

namespace MemTools.Allocators.Provisioning.Store;

/// <summary>What a folder of the user's store holds: <c>manifest.json</c> in it. Paths are relative to the folder.</summary>
public sealed record StoreManifest
{
    /// <summary>Version of this form.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Catalogue name.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the package, for example <c>2.10-1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The package that holds the library.</summary>
    public required string Package { get; init; }

    /// <summary>Package manager that brought it.</summary>
    public required string Manager { get; init; }

    /// <summary>The library to preload; null for an engine that is a program.</summary>
    public string? Library { get; init; }

    /// <summary>Libraries to preload before it, in order, because the system has none of that soname.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>x86_64, aarch64, ….</summary>
    public string? Architecture { get; init; }

    /// <summary><c>glibc</c> or <c>musl</c>.</summary>
    public string? Libc { get; init; }

    /// <summary>Newest glibc version that the library or one of its dependencies needs; null when none.</summary>
    public string? NeedsGlibc { get; init; }

    /// <summary>When it was installed.</summary>
    public DateTimeOffset InstalledAt { get; init; }

    /// <summary>The packages that were downloaded for it.</summary>
    public IReadOnlyList<StoredPackage> Packages { get; init; } = [];

    /// <summary>Its files.</summary>
    public IReadOnlyList<StoredFile> Files { get; init; } = [];
}

/// <summary>A downloaded package.</summary>
/// <param name="Name">Name in the package manager.</param>
/// <param name="Version">Version; null when the manager did not say.</param>
/// <param name="File">File name of the package.</param>
/// <param name="Sha256">Lower-case hex over the package's file.</param>
public sealed record StoredPackage(string Name, string? Version, string File, string Sha256);

/// <summary>A file of the store.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record StoredFile(string Path, long Size, string Sha256);

/// <summary>An installed folder.</summary>
/// <param name="Directory">Full path of the folder.</param>
/// <param name="Manifest">What is in it.</param>
public sealed record StoredAllocator(string Directory, StoreManifest Manifest)
{
    /// <summary>Full path of the library; null for an engine that is a program.</summary>
    public string? LibraryPath => Manifest.Library is { } library ? Path.Combine(Directory, library) : null;

    /// <summary>Full paths of what is to be preloaded before it.</summary>
    public IReadOnlyList<string> DependencyPaths => [.. Manifest.Dependencies.Select(d => Path.Combine(Directory, d))];
}

/// <summary>JSON of the store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoreManifest))]
internal sealed partial class StoreJson : JsonSerializerContext;
