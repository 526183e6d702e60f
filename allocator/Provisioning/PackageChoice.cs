using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>Which package to ask a manager for.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">Its version; null when the manager takes its newest.</param>
internal sealed record PackageChoice(string Name, string? Version)
{
    /// <summary>As arguments name it.</summary>
    public string Argument(IPackageManager manager) => Version is null ? Name : manager.AtVersion(Name, Version);

    /// <summary>Names to try, in order: the catalogue's, then the soname itself where the manager can be asked for that.</summary>
    public static IReadOnlyList<string> Names(IPackageManager manager, CatalogEntry entry, string architecture)
    {
        var names = entry.PackagesOf(manager.Family)?.Names ?? [];
        return names.Count > 0 && entry.Sonames.Count > 0 && manager.ProviderOf(entry.Sonames[0], Is64Bit(architecture)) is { } provider
            ? [.. names, provider]
            : names;
    }

    /// <summary>True when the architecture's RPM capabilities carry <c>()(64bit)</c>.</summary>
    public static bool Is64Bit(string architecture) => architecture is not ("i386" or "arm" or "x32" or "mips" or "ppc");

    /// <summary>The first of the candidates that has the version; null version for any.</summary>
    /// <exception cref="MemToolsException"><c>PackageVersionNotFound</c>, which lists the versions that there are.</exception>
    public static PackageChoice? Of(IReadOnlyList<PackageCandidate> candidates, string? version, CatalogEntry entry)
    {
        if (candidates.Count == 0)
        {
            return null;
        }

        if (version is null)
        {
            return new PackageChoice(candidates[0].Name, candidates[0].Version);
        }

        foreach (var candidate in candidates)
        {
            if (candidate.Versions.FirstOrDefault(v => IsVersion(v, version)) is { } found)
            {
                return new PackageChoice(candidate.Name, found);
            }
        }

        throw new MemToolsException(
            "PackageVersionNotFound", MemToolsErrorCategory.ObjectNotFound,
            $"The package manager has no version {version} of {entry.Name}.", version,
            $"It has {string.Join(", ", candidates.SelectMany(c => c.Versions).Distinct())}.");
    }

    /// <summary>True when a package's version is the wanted one: <c>2.10</c> fits 2.10-1, 2.10+ds-2 and 1:2.10-1, not 2.10.1.</summary>
    public static bool IsVersion(string packageVersion, string wanted)
    {
        var text = packageVersion.Contains(':') && !wanted.Contains(':') ? packageVersion[(packageVersion.IndexOf(':') + 1)..] : packageVersion;
        return text == wanted || (text.StartsWith(wanted, StringComparison.Ordinal) && "-+~".Contains(text[wanted.Length], StringComparison.Ordinal));
    }
}
