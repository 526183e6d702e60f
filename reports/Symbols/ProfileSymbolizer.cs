using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Debuginfod;
using MemTools.Reports.Symbols.Demangle;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>Fills <see cref="Location.Lines"/>, <see cref="Mapping.BuildId"/> and <see cref="Mapping.DebugInfo"/> of a profile.</summary>
public static class ProfileSymbolizer
{
    /// <summary>Names every location that has no lines yet. Missing files are no error: they end in <see cref="Mapping.DebugInfo"/> and a warning.</summary>
    public static void Symbolize(
        Profile profile, SymbolizeOptions options, IFileSource files, IProgress<ProgressStep>? progress, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var modules = new ProfileModules(profile, options);
        using DebuginfodLookup? debuginfod = DebuginfodLookup.Create(options.DebuginfodUrls, progress, profile.Warnings);
        var store = new SymbolStore(DemangleStyle.Full);
        var writer = new LineWriter(profile, store);
        var places = new LocationPlaces(profile);
        PerfMap? jit = PerfMap.TryReadAll(options.PerfMaps, profile.Warnings);
        for (int i = 0; i < modules.Paths.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = modules.Paths[i];
            progress?.Report(new ProgressStep("Resolving symbols", (double)i / modules.Paths.Count, path));
            SymbolizeModule(path, modules, places, options, files, debuginfod, store, writer, profile, cancellation);
            profile.Warnings.AddRange(debuginfod?.TakeWarnings() ?? []);
        }

        if (jit is not null)
            writer.FillFrom(jit, places.Unplaced());
        progress?.Report(new ProgressStep("Resolving symbols", 1));
    }

    private static void SymbolizeModule(
        string path, ProfileModules modules, LocationPlaces places, SymbolizeOptions options, IFileSource files, DebuginfodLookup? debuginfod,
        SymbolStore store, LineWriter writer, Profile profile, CancellationToken cancellation)
    {
        List<Mapping> mappings = [.. modules.MappingsOf(path)];
        if (!places.MayHold(mappings))
            return;
        if (OpenBinary(path, mappings, modules, files, debuginfod, profile, cancellation) is not { } binary)
            return;
        var moduleOptions = new ModuleOptions
        {
            SymbolPaths = options.SymbolPaths, RecordedPath = path, Files = files,
            FindByBuildId = options.FindByBuildId ?? (debuginfod is null ? null : debuginfod.FindDebugInfo),
        };
        using ModuleSymbolizer module = ModuleSymbolizer.Open(binary, moduleOptions, cancellation);
        foreach (Mapping mapping in mappings)
        {
            mapping.BuildId ??= binary.BuildId;
            mapping.DebugInfo = module.Status;
        }

        List<(int Location, ulong Address)> wanted = places.Take(mappings, binary);
        if (wanted.Count > 0)
        {
            ulong[] addresses = [.. wanted.Select(w => w.Address)];
            var resolve = new ResolveOptions { Inlines = options.Inlines, Declarations = true };
            writer.Fill(wanted, module.Resolve(addresses, store, resolve, cancellation));
            if (mappings.Exists(m => m.IsDeleted))
                profile.Warnings.Add($"{path} had been replaced while the program ran; its names come from the file that is there now and may be wrong.");
        }

        foreach (string warning in module.Warnings)
            profile.Warnings.Add(warning);
    }

    /// <summary>Opens the file that stands for a module, or says in the mappings and warnings why there is none.</summary>
    private static ElfFile? OpenBinary(
        string path, List<Mapping> mappings, ProfileModules modules, IFileSource files, DebuginfodLookup? debuginfod, Profile profile,
        CancellationToken cancellation)
    {
        string? recorded = mappings.Select(m => m.BuildId).FirstOrDefault(id => id is not null);
        string? refused = null;
        foreach (string candidate in Candidates(path, recorded, modules, files, debuginfod, cancellation))
        {
            if (ElfFile.TryOpen(candidate, out string? reason) is not { } elf)
            {
                refused = reason;
                continue;
            }

            bool isKnown = recorded is not null && elf.BuildId is not null;
            if (isKnown ? elf.BuildId == recorded : MappingFit.IsPossible(elf, mappings))
                return elf;
            refused = isKnown
                ? $"{candidate} has build-id {elf.BuildId}, but the profile was taken with build-id {recorded}"
                : $"{candidate} has no code where the process had code of {path}, so it is another build";
            profile.Warnings.Add($"{refused}: not used.");
            elf.Dispose();
        }

        var status = new DebugInfoStatus(
            DebugInfoLevel.None, null, refused ?? $"the file {path} itself{(recorded is null ? "" : $" (build-id {recorded})")}");
        foreach (Mapping mapping in mappings)
            mapping.DebugInfo = status;
        return null;
    }

    private static IEnumerable<string> Candidates(
        string path, string? buildId, ProfileModules modules, IFileSource files, DebuginfodLookup? debuginfod, CancellationToken cancellation)
    {
        if (modules.Given(path) is { } given)
        {
            yield return given;
            yield break;
        }

        if (files.Fetch(path, cancellation) is { } fetched)
            yield return fetched;
        foreach (string copy in modules.Copies(path))
        {
            if (File.Exists(copy))
                yield return copy;
        }

        if (buildId is not null && debuginfod?.FindExecutable(buildId, cancellation) is { } downloaded)
            yield return downloaded;
    }
}
