using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Debuginfod;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Query;

/// <summary>
/// Answers questions about addresses of one file, or of a process by its memory map, batch after batch; modules and what was read of them
/// stay open between batches.
/// </summary>
public sealed class SymbolSession : IDisposable
{
    private readonly SymbolSessionOptions options;
    private readonly ModuleSymbolizer? single;
    private readonly List<Mapping> mappings;
    private readonly Dictionary<string, ModuleSymbolizer?> modules = new(StringComparer.Ordinal);
    private readonly ProfileModules? choices;
    private readonly PerfMap? perf;
    private readonly List<string> warnings = [];
    private readonly DebuginfodLookup? debuginfod;
    private readonly HashSet<ModuleSymbolizer> noted = [];
    private int reported;

    /// <summary>Opens the file, or prepares for the mappings.</summary>
    /// <exception cref="MemToolsException">FileNotReadable, NotAnElfFile, or SymbolFileMissing when neither a file nor mappings are given.</exception>
    public SymbolSession(SymbolSessionOptions options, CancellationToken cancellation = default)
    {
        this.options = options;
        Store = new SymbolStore(options.Style);
        mappings = [.. options.Mappings.OrderBy(m => m.Start)];
        perf = PerfMap.TryReadAll(options.PerfMaps, warnings);
        debuginfod = DebuginfodLookup.Create(options.DebuginfodUrls, null, warnings);
        if (mappings.Count > 0)
        {
            var profile = new Profile { SampleTypes = [], Samples = [], Locations = [], Mappings = mappings };
            choices = new ProfileModules(profile, new SymbolizeOptions { BinaryPaths = options.BinaryPaths, SymbolPaths = options.SymbolPaths });
        }
        else if (options.BinaryPaths.Count == 1)
        {
            single = ModuleSymbolizer.Open(options.BinaryPaths[0], ModuleOptionsFor(null), cancellation);
        }
        else if (perf is null)
        {
            throw new MemToolsException(
                "SymbolFileMissing", MemToolsErrorCategory.InvalidArgument, "No program or library was given to take symbols from.", null,
                "Give one file with --binary, or a memory map with --maps.");
        }
    }

    /// <summary>Names and files of all answers.</summary>
    public SymbolStore Store { get; }

    /// <summary>The one file asked about; null with mappings.</summary>
    public ModuleSymbolizer? Module => single;

    /// <summary>Warnings that came up since the last call.</summary>
    public IReadOnlyList<string> TakeWarnings()
    {
        List<string> all = [.. warnings];
        if (single is not null)
            all.AddRange(single.Warnings);
        foreach (ModuleSymbolizer? module in modules.Values)
            all.AddRange(module?.Warnings ?? []);
        List<string> fresh = all.Count > reported ? all[reported..] : [];
        reported = all.Count;
        fresh.AddRange(debuginfod?.TakeWarnings() ?? []);
        if (options.NoteMissing)
        {
            foreach (ModuleSymbolizer? module in modules.Values.Prepend(single))
            {
                if (module?.Status.Missing is { } missing && noted.Add(module))
                    fresh.Add($"{module.Binary.Path} has no lines: missing is {missing}");
            }
        }

        return fresh;
    }

    /// <summary>Resolves a batch.</summary>
    public void Resolve(ReadOnlySpan<ulong> addresses, SymbolSink sink, CancellationToken cancellation = default)
    {
        if (single is null)
        {
            ResolveMapped(addresses, sink, cancellation);
            return;
        }

        ulong[] wanted = addresses.ToArray();
        foreach (ref ulong address in wanted.AsSpan())
            address = Call(address);
        ResolvedAddresses resolved = single.Resolve(wanted, Store, options.Resolve, cancellation);
        string path = single.Binary.Path;
        string? buildId = single.Binary.BuildId;
        for (int i = 0; i < addresses.Length; i++)
            sink(new SymbolPlace(addresses[i], path, addresses[i], buildId), resolved[i]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        single?.Dispose();
        debuginfod?.Dispose();
        foreach (ModuleSymbolizer? module in modules.Values)
            module?.Dispose();
    }

    private ulong Call(ulong address) => options.ReturnAddresses && address > 0 ? address - 1 : address;

    private ModuleOptions ModuleOptionsFor(string? recordedPath) => new()
    {
        SymbolPaths = options.SymbolPaths, RecordedPath = recordedPath, Files = options.Files,
        FindByBuildId = options.FindByBuildId ?? (debuginfod is null ? null : debuginfod.FindDebugInfo),
    };

    private void ResolveMapped(ReadOnlySpan<ulong> addresses, SymbolSink sink, CancellationToken cancellation)
    {
        var places = new (ModuleSymbolizer? Module, ulong Virtual, Mapping? Mapping)[addresses.Length];
        var perModule = new Dictionary<ModuleSymbolizer, List<int>>();
        for (int i = 0; i < addresses.Length; i++)
        {
            places[i] = Place(Call(addresses[i]), cancellation);
            if (places[i].Module is not { } module)
                continue;
            if (!perModule.TryGetValue(module, out List<int>? list))
                perModule[module] = list = [];
            list.Add(i);
        }

        var answers = new (ResolvedAddresses? Resolved, int Index)[addresses.Length];
        foreach ((ModuleSymbolizer module, List<int> list) in perModule)
        {
            ulong[] wanted = [.. list.Select(i => places[i].Virtual)];
            ResolvedAddresses resolved = module.Resolve(wanted, Store, options.Resolve, cancellation);
            for (int k = 0; k < list.Count; k++)
                answers[list[k]] = (resolved, k);
        }

        var buffer = new SymbolStore.NameBuffer();
        for (int i = 0; i < addresses.Length; i++)
        {
            (ModuleSymbolizer? module, ulong offset, Mapping? mapping) = places[i];
            ulong shift = addresses[i] - Call(addresses[i]);
            var place = module is null && mapping is null
                ? new SymbolPlace(addresses[i], "", addresses[i], null)
                : new SymbolPlace(addresses[i], mapping!.Path, offset + shift, module?.Binary.BuildId ?? mapping.BuildId);
            if (answers[i].Resolved is { } resolved)
                sink(place, resolved[answers[i].Index]);
            else if (perf?.Find(Call(addresses[i])) is { } name)
                sink(place, [new ResolvedFrame(Store.AddFunction(Store.AddName(System.Text.Encoding.UTF8.GetBytes(name), buffer), 0, 0), 0, 0, 0, 0)]);
            else
                sink(place, []);
        }
    }

    private (ModuleSymbolizer? Module, ulong Virtual, Mapping? Mapping) Place(ulong address, CancellationToken cancellation)
    {
        int low = 0, high = mappings.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (mappings[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        Mapping? mapping = low > 0 && address < mappings[low - 1].Limit ? mappings[low - 1] : null;
        if (mapping is not null && ProfileModules.IsFile(mapping.Path))
        {
            ModuleSymbolizer? module = Open(mapping.Path, cancellation);
            return module is not null && ModuleAddress.TryGetVirtual(module.Binary, mapping, address, out ulong offset)
                ? (module, offset, mapping)
                : (null, unchecked(address - mapping.Start + mapping.FileOffset), mapping);
        }

        // Text copied onto large pages, anonymous in the midst of its module.
        foreach (int near in (ReadOnlySpan<int>)[low - 2, low])
        {
            if (near < 0 || near >= mappings.Count || !ProfileModules.IsFile(mappings[near].Path))
                continue;
            if (Open(mappings[near].Path, cancellation) is { } module && ModuleAddress.TryGetBias(module.Binary, mappings[near], out ulong bias)
                && ModuleAddress.IsCode(module.Binary, unchecked(address - bias)))
                return (module, unchecked(address - bias), mappings[near]);
        }

        return (null, mapping is null ? address : unchecked(address - mapping.Start), mapping);
    }

    private ModuleSymbolizer? Open(string path, CancellationToken cancellation)
    {
        if (modules.TryGetValue(path, out ModuleSymbolizer? known))
            return known;
        string? file = choices!.Given(path) ?? (options.Files ?? new LocalFileSource()).Fetch(path, cancellation)
            ?? choices.Copies(path).FirstOrDefault(File.Exists);
        ElfFile? elf = null;
        if (file is null)
            warnings.Add($"{path} is not there: its addresses have no names.");
        else if ((elf = ElfFile.TryOpen(file, out string? reason)) is null)
            warnings.Add(reason!);
        string? recorded = choices.MappingsOf(path).Select(m => m.BuildId).FirstOrDefault(id => id is not null);
        if (elf is not null && recorded is not null && elf.BuildId is { } id && id != recorded)
        {
            warnings.Add($"{file} has build-id {id}, but the map was taken with build-id {recorded}: not used.");
            elf.Dispose();
            elf = null;
        }

        return modules[path] = elf is null ? null : ModuleSymbolizer.Open(elf, ModuleOptionsFor(path), cancellation);
    }
}
