using MemTools.Allocators.Catalog;
using MemTools.Allocators.Provisioning.Managers;
using MemTools.Reports;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Provisioning;

/// <summary>What was downloaded and unpacked.</summary>
/// <param name="Choice">The package that has the library.</param>
/// <param name="Packages">The packages' files.</param>
/// <param name="Root">Folder into which they are unpacked.</param>
internal sealed record UnpackedPackages(PackageChoice Choice, IReadOnlyList<string> Packages, string Root);

/// <summary>Downloads a package and what the system lacks of its dependencies, by the system's package manager, without root.</summary>
internal sealed class PackageDownload(
    ITarget target, IPackageManager manager, CatalogEntry entry, InstallRequest request, IProgress<ProgressStep>? progress)
{
    private const int MaxRounds = 5;
    private readonly CommandRunner runner = new(target, manager, entry, progress);

    /// <summary>Commands that ran.</summary>
    public IReadOnlyList<string> Commands => runner.Commands;

    /// <summary>The packages and commands, as far as they can be known without the network.</summary>
    public async Task<(IReadOnlyList<string> Packages, IReadOnlyList<string> Commands)> PlanAsync(string temporary, CancellationToken cancellation)
    {
        var (names, hasMetadata) = (Names(), manager.HasMetadata(target));
        var area = hasMetadata ? PackageArea.System : new PackageArea(temporary + "/area");
        var choice = hasMetadata ? await ChooseAsync(names, area, cancellation).ConfigureAwait(false) : null;
        var packages = choice is null
            ? [request.Version is null ? names[0] : manager.AtVersion(names[0], request.Version)]
            : await WithMissingAsync(choice, area, cancellation).ConfigureAwait(false);
        var commands = new List<PackageCommand>();
        if (!hasMetadata && manager.Refresh(area) is { } refresh)
        {
            commands.Add(refresh);
        }

        commands.Add(Download(packages, temporary + "/packages", area));
        commands.AddRange(packages.Select(p => manager.Unpack($"{temporary}/packages/{FileName(p)}", temporary + "/root", target)));
        return (packages, [.. commands.Select(c => runner.Elevate(c).ToString())]);
    }

    /// <summary>Downloads, verifies and unpacks below a temporary folder.</summary>
    public async Task<UnpackedPackages> RunAsync(string temporary, CancellationToken cancellation)
    {
        var packages = Directory.CreateDirectory(Path.Combine(temporary, "packages")).FullName;
        var root = Directory.CreateDirectory(Path.Combine(temporary, "root")).FullName;
        PackageChoice choice;
        var area = PackageArea.System;
        if (manager.HasMetadata(target))
        {
            try
            {
                choice = await FetchAsync(packages, area, cancellation).ConfigureAwait(false);
                return await UnpackAsync(choice, packages, root, area, cancellation).ConfigureAwait(false);
            }
            catch (MemToolsException e) when (manager.Refresh(area) is not null && e.ErrorId is "PackageNotFound" or "NoNetwork")
            {
                // Lists that are too old name packages that are gone ("404"), or do not know it yet: fetch fresh ones for this call.
                progress?.Report(new ProgressStep("Fetching package lists", -1, e.Message));
            }
        }

        area = new PackageArea(Path.Combine(temporary, "area"));
        Directory.CreateDirectory(area.PrivateDirectory!);
        await TargetFolder.AddPartsAsync(target, area.PrivateDirectory!, cancellation).ConfigureAwait(false);
        if (manager.Refresh(area) is { } refresh)
        {
            await runner.RefreshAsync(refresh, cancellation).ConfigureAwait(false);
        }

        choice = await FetchAsync(packages, area, cancellation).ConfigureAwait(false);
        return await UnpackAsync(choice, packages, root, area, cancellation).ConfigureAwait(false);
    }

    /// <summary>Downloads and unpacks what provides sonames that nobody has yet; false when the manager cannot be asked so.</summary>
    public async Task<bool> AddProvidersAsync(UnpackedPackages unpacked, IReadOnlyList<string> sonames, PackageArea area, CancellationToken cancellation)
    {
        var providers = sonames.Select(s => manager.ProviderOf(s, PackageChoice.Is64Bit(target.Architecture))).ToList();
        if (providers.Contains(null))
        {
            return false;
        }

        var folder = Path.GetDirectoryName(unpacked.Packages[0])!;
        var before = Directory.GetFiles(folder).ToHashSet();
        await runner.RunAsync(Download(providers!, folder, area), "Downloading", cancellation).ConfigureAwait(false);
        var added = PackageFiles(folder).Where(f => !before.Contains(f)).ToList();
        await UnpackFilesAsync(added, unpacked.Root, cancellation).ConfigureAwait(false);
        return added.Count > 0;
    }

    private async Task<PackageChoice> FetchAsync(string folder, PackageArea area, CancellationToken cancellation)
    {
        var names = Names();
        var choice = await ChooseAsync(names, area, cancellation).ConfigureAwait(false);
        if (choice is not null)
        {
            var packages = await WithMissingAsync(choice, area, cancellation).ConfigureAwait(false);
            await runner.RunAsync(Download(packages, folder, area), "Downloading", cancellation).ConfigureAwait(false);
            return choice;
        }

        if (manager.QueryCandidates(names, area) is not null)
        {
            throw runner.ExplainMissing();
        }

        foreach (var name in names)
        {
            choice = new PackageChoice(name, request.Version);
            var command = Download([choice.Argument(manager)], folder, area);
            var result = await runner.TryAsync(command, "Downloading", cancellation).ConfigureAwait(false);
            if (result.ExitCode == 0 && PackageFiles(folder).Any())
            {
                return choice;
            }

            if (result.ExitCode != 0 && manager.Classify(result) != PackageFailure.UnknownPackage)
            {
                throw PackageErrors.Of(manager, runner.Elevate(command), result, entry, target);
            }
        }

        throw PackageErrors.UnknownPackage(manager, entry, target);
    }

    private async Task<UnpackedPackages> UnpackAsync(
        PackageChoice choice, string packages, string root, PackageArea area, CancellationToken cancellation)
    {
        var files = PackageFiles(packages).ToList();
        if (files.Count == 0)
        {
            throw new MemToolsException(
                "PackageManagerFailed", MemToolsErrorCategory.InvalidOperation, $"{manager.Name} said that it downloaded {choice.Name}, but there is no file.",
                choice.Name, $"Run it by hand to see all that it says: {runner.Commands[^1]}");
        }

        await UnpackFilesAsync(files, root, cancellation).ConfigureAwait(false);
        var unpacked = new UnpackedPackages(choice, files, root);
        for (var round = 0; round < MaxRounds; round++)
        {
            var missing = new StoreFolder(target, manager, entry).Missing(unpacked, cancellation);
            if (missing.Count == 0 || !await AddProvidersAsync(unpacked, missing, area, cancellation).ConfigureAwait(false))
            {
                break;
            }

            unpacked = unpacked with { Packages = [.. PackageFiles(packages)] };
        }

        return unpacked;
    }

    private async Task UnpackFilesAsync(IReadOnlyList<string> files, string root, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            if (manager.Verify(file) is { } verify)
            {
                var verified = await runner.AskAsync(verify, cancellation).ConfigureAwait(false);
                if (!manager.ParseVerified(verified))
                {
                    throw new MemToolsException(
                        "BadSignature", MemToolsErrorCategory.SecurityError,
                        $"The package {Path.GetFileName(file)} is not signed by a key that the system trusts. {verified.StandardOutput.Trim()}", entry.Name,
                        "Do not install it; import the repository's key if you trust it.");
                }
            }

            await runner.RunAsync(manager.Unpack(file, root, target), "Unpacking", cancellation).ConfigureAwait(false);
        }
    }

    private async Task<PackageChoice?> ChooseAsync(IReadOnlyList<string> names, PackageArea area, CancellationToken cancellation)
    {
        if (manager.QueryCandidates(names, area) is not { } query)
        {
            return null;
        }

        var answer = await runner.AskAsync(query, cancellation).ConfigureAwait(false);
        return PackageChoice.Of(manager.ParseCandidates(names, answer), request.Version, entry);
    }

    // A system whose own packages are in disorder cannot tell what is missing ("Unmet dependencies"): then everything is fetched, and the
    // needed sonames decide what is kept.
    private async Task<IReadOnlyList<string>> WithMissingAsync(PackageChoice choice, PackageArea area, CancellationToken cancellation)
    {
        var argument = choice.Argument(manager);
        if (manager.QueryMissing(argument, area) is not { } query)
        {
            return [argument];
        }

        var answer = await runner.AskAsync(query, cancellation).ConfigureAwait(false);
        if (answer.ExitCode != 0 && manager.QueryMissing(argument, area, ofEmptySystem: true) is { } wider)
        {
            answer = await runner.AskAsync(wider, cancellation).ConfigureAwait(false);
        }

        var missing = manager.ParseMissing(answer);
        return [argument, .. missing.Where(m => m != argument)];
    }

    private PackageCommand Download(IReadOnlyList<string> packages, string folder, PackageArea area) =>
        manager.Download(packages, folder, area) ?? throw new MemToolsException(
            "ScopeNotSupported", MemToolsErrorCategory.InvalidOperation,
            $"{manager.Name} cannot download a package without installing it.", entry.Name,
            $"Install-Allocator {entry.Name} -Scope AllUsers / memtools install {entry.Name} --scope AllUsers");

    private IReadOnlyList<string> Names()
    {
        var names = PackageChoice.Names(manager, entry, target.Architecture);
        return names.Count > 0 ? names : throw PackageErrors.UnknownPackage(manager, entry, target);
    }

    private IEnumerable<string> PackageFiles(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => f.EndsWith(manager.PackageSuffix, StringComparison.Ordinal)
            || (manager.Family == PackageFamily.Pacman && f.Contains(".pkg.tar.", StringComparison.Ordinal) && !f.EndsWith(".sig", StringComparison.Ordinal))).Order(StringComparer.Ordinal);

    // apt names the file package_version_architecture.deb, with a colon of the version percent-encoded.
    private string FileName(string package) => manager.Family == PackageFamily.Apt
        ? package.Replace("=", "_", StringComparison.Ordinal).Replace(":", "%3a", StringComparison.Ordinal) + "_*.deb"
        : package + "*" + manager.PackageSuffix;
}
