using MemTools.Reports.Errors;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols.Collections;
using MemTools.Reports.Symbols.Dwarf;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols;

/// <summary>
/// One program or library with its debug information, ready to resolve ELF virtual addresses. Safe to keep open and ask again;
/// one question at a time.
/// </summary>
public sealed class ModuleSymbolizer : IDisposable
{
    private readonly List<ElfFile> opened = [];
    private readonly List<string> warnings = [];
    private readonly SymbolTable symbols = new();
    private readonly DwarfModule? dwarf;

    /// <summary>Prelink moves a library after its debug file was made; everything here is in the debug file's addresses.</summary>
    private readonly ulong debugBias;

    private ModuleSymbolizer(ElfFile binary, ModuleOptions options, CancellationToken cancellation)
    {
        Binary = binary;
        opened.Add(binary);
        string recorded = options.RecordedPath ?? Path.GetFullPath(binary.Path);
        var locator = new DebugFileLocator(options.SymbolPaths, options.Files ?? new LocalFileSource(), cancellation);
        ElfFile? debug = DwarfFile.HasDwarf(binary) ? null : locator.Find(binary, recorded) ?? FindByBuildId(options, cancellation);
        if (debug is not null)
            opened.Add(debug);
        warnings.AddRange(locator.Refused);
        debugBias = debug is null ? 0 : unchecked(FirstLoad(binary) - FirstLoad(debug));

        bool full = HasTable(binary) || debug is not null && HasTable(debug);
        ulong back = unchecked(0 - debugBias);
        if (debug is not null)
            symbols.Add(debug, ElfSectionType.SymbolTable, 0);
        symbols.Add(binary, ElfSectionType.SymbolTable, back);
        if (!full)
        {
            symbols.Add(binary, ElfSectionType.DynamicSymbols, back);
            if (MiniDebugInfo.TryOpen(binary, warnings) is { } mini)
            {
                opened.Add(mini);
                symbols.Add(mini, ElfSectionType.SymbolTable, back);
                full = true;
            }
        }

        PltSymbols.Read(binary, back, symbols);
        symbols.Seal();

        ElfFile source = debug ?? binary;
        AddressRange code = CodeRange.Of(source);
        if (DwarfFile.HasDwarf(source))
        {
            var file = new DwarfFile(source);
            if (locator.FindSupplementary(source) is { } supplementary)
            {
                opened.Add(supplementary);
                file.Supplementary = new DwarfFile(supplementary) { IsSupplementary = true };
            }
            else if (source.DebugAltLink is { } alt)
            {
                warnings.Add($"{source.Path} shares parts with {alt.FileName} (build-id {alt.BuildId}), which was not found: some names are missing");
            }

            dwarf = new DwarfModule(file, symbols, code, m => warnings.Add($"{source.Path}: {m}"));
            List<string> names = [recorded, binary.Path, source.Path];
            dwarf.Split = new SplitUnits(dwarf, names, options.SymbolPaths);
        }

        DebugInfoLevel level = dwarf is not null ? DebugInfoLevel.Lines
            : full ? DebugInfoLevel.Symbols
            : symbols.Count > 0 ? DebugInfoLevel.DynamicSymbols : DebugInfoLevel.None;
        Status = new DebugInfoStatus(level, source.Path, level == DebugInfoLevel.Lines ? null : DebugFileLocator.Describe(binary, recorded))
        {
            // Another system's packages are not this one's.
            Package = () => options.Files is null or LocalFileSource { IsThisMachine: true } && DebugPackage.Find(recorded) is { } package ? $", from the package {package}" : null,
        };
    }

    /// <summary>The program or library itself.</summary>
    public ElfFile Binary { get; }

    /// <summary>What the names rest on.</summary>
    public DebugInfoStatus Status { get; }

    /// <summary>What was found damaged or refused so far.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            var all = new List<string>(warnings);
            foreach (ElfFile file in opened)
                all.AddRange(file.Warnings);
            return all;
        }
    }

    /// <summary>Opens a file and finds its debug information.</summary>
    /// <exception cref="MemToolsException">FileNotReadable or NotAnElfFile.</exception>
    public static ModuleSymbolizer Open(string path, ModuleOptions? options = null, CancellationToken cancellation = default) =>
        Open(ElfFile.Open(path), options, cancellation);

    /// <summary>As <see cref="Open(string, ModuleOptions?, CancellationToken)"/>, for a file already open; takes it over.</summary>
    public static ModuleSymbolizer Open(ElfFile binary, ModuleOptions? options = null, CancellationToken cancellation = default) =>
        new(binary, options ?? ModuleOptions.Default, cancellation);

    /// <summary>Resolves addresses, in any order and with repetitions.</summary>
    /// <param name="addresses">ELF virtual addresses (of the call itself: one less than a return address).</param>
    /// <param name="store">Takes functions and files; may be shared by modules.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellation">Checked between units.</param>
    public ResolvedAddresses Resolve(ReadOnlySpan<ulong> addresses, SymbolStore store, ResolveOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= ResolveOptions.Default;
        int n = addresses.Length;
        ulong[] sorted = new ulong[n];
        for (int i = 0; i < n; i++)
            sorted[i] = unchecked(addresses[i] - debugBias);
        int[] order = RadixSort.Positions(n);
        RadixSort.Sort(sorted, order, n);
        int[] position = new int[n];
        int distinct = 0;
        for (int i = 0; i < n; i++)
        {
            if (i == 0 || sorted[i] != sorted[distinct - 1])
                sorted[distinct++] = sorted[i];
            position[order[i]] = distinct - 1;
        }

        var slices = new FrameSlice[distinct];
        symbols.Use(store);
        if (dwarf is not null)
            dwarf.Resolve(sorted, distinct, slices, store, options, cancellation);
        else
            ResolveBySymbols(sorted, distinct, slices, store);
        return new ResolvedAddresses(slices, position);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        dwarf?.Split?.Dispose();
        foreach (ElfFile file in opened)
            file.Dispose();
    }

    private void ResolveBySymbols(ulong[] addresses, int count, FrameSlice[] into, SymbolStore store)
    {
        var frames = new FrameBuffer();
        var buffer = new SymbolStore.NameBuffer();
        for (int i = 0; i < count; i++)
        {
            int symbol = symbols.Find(addresses[i]);
            if (symbol < 0)
                continue;
            into[i] = new FrameSlice(frames, frames.Count, 1);
            frames.Add(new ResolvedFrame(store.AddFunction(symbols.NameNumber(symbol, store, buffer), 0, 0), 0, 0, 0, 0));
        }
    }

    private ElfFile? FindByBuildId(ModuleOptions options, CancellationToken cancellation)
    {
        if (options.FindByBuildId is null || Binary.BuildId is not { } id || options.FindByBuildId(id, cancellation) is not { } path)
            return null;
        if (ElfFile.TryOpen(path, out string? reason) is not { } elf)
        {
            warnings.Add(reason!);
            return null;
        }

        if (elf.BuildId == id)
            return elf;
        warnings.Add($"{path} has build-id {elf.BuildId ?? "none"}, {Binary.Path} has {id}");
        elf.Dispose();
        return null;
    }

    private static bool HasTable(ElfFile elf) => elf.FindSection(ElfSectionType.SymbolTable) is { HasData: true };

    private static ulong FirstLoad(ElfFile elf)
    {
        foreach (ElfProgramHeader p in elf.ProgramHeaders)
        {
            if (p.Type == ElfSegmentType.Load)
                return p.VirtualAddress;
        }

        return 0;
    }
}
