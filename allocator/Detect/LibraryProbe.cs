using MemTools.Allocators.Catalog;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Detect;

/// <summary>Turns a library file into an <see cref="Allocator"/>: static facts, the canary's proof, and what is remembered of both.</summary>
internal sealed class LibraryProbe
{
    private const int MaxText = 300;
    private readonly ITarget target;
    private readonly CanaryCache? cache;
    private readonly string? program;
    private readonly string system;

    public LibraryProbe(ITarget target, FindRequest request, CancellationToken cancellation)
    {
        this.target = target;
        program = request.CanaryProgram ?? target.FindProgram("cat");

        // A container's files have no lasting identity: only this machine's results are remembered, and those of an image, which never changes.
        cache = target is LocalTarget ? request.Cache ?? new CanaryCache()
            : target.FactsPath is { } folder ? new CanaryCache(Path.Combine(folder, "canary.json")) : null;
        system = $"{Identity(LdSoCache.DefaultPath, cancellation)}|{(program is null ? "" : Identity(program, cancellation))}";
    }

    /// <summary>Probes a library.</summary>
    /// <exception cref="MemTools.Reports.Errors.MemToolsException">As <see cref="ElfFile.Open"/>, when the file is no ELF file.</exception>
    public async Task<Allocator> ProbeAsync(LibraryCandidate candidate, CancellationToken cancellation)
    {
        var entry = await ProbeFileAsync(candidate, cancellation).ConfigureAwait(false);
        return ToAllocator(candidate, entry);
    }

    /// <summary>Writes what was learnt.</summary>
    public void Save() => cache?.Save();

    private async Task<CanaryEntry> ProbeFileAsync(LibraryCandidate candidate, CancellationToken cancellation)
    {
        var dependencies = candidate.Stored?.DependencyPaths ?? [];
        var fileKey = Identity(candidate.Path, cancellation) + string.Concat(dependencies.Select(d => "|" + d));
        if (cache?.FindByFile(system, fileKey) is { } unchanged)
        {
            return unchanged;
        }

        using var elf = ElfFile.Open(target.Fetch(candidate.Path, cancellation) ?? candidate.Path);
        var facts = LibraryFacts.Read(elf);
        facts = facts with { Version = facts.Version ?? VersionBeside(candidate.Path, facts, cancellation) };
        var key = (facts.BuildId is null ? fileKey : "build-id:" + facts.BuildId) + string.Concat(dependencies.Select(d => "|" + d));
        var entry = cache?.FindByKey(system, key);
        if (entry is null)
        {
            entry = new CanaryEntry { Facts = facts, Result = await RunCanaryAsync(candidate.Path, dependencies, facts, cancellation).ConfigureAwait(false) };
        }

        cache?.Add(system, fileKey, key, entry);
        return entry;
    }

    private async Task<CanaryResult> RunCanaryAsync(string path, IReadOnlyList<string> dependencies, LibraryFacts facts, CancellationToken cancellation)
    {
        if (facts.Name == "ptmalloc")
        {
            // Every dynamic program has it; there is nothing to preload and nothing to prove.
            return new CanaryResult { Loaded = true };
        }

        if (facts.Architecture != target.Architecture)
        {
            return new CanaryResult { Problem = $"it is for {facts.Architecture}, the canary on this target for {target.Architecture}" };
        }

        return program is null
            ? new CanaryResult { Problem = "not proved: the target has no program 'cat' for the canary" }
            : await new Canary(target, program).RunAsync(path, dependencies, facts, cancellation).ConfigureAwait(false);
    }

    private static Allocator ToAllocator(LibraryCandidate candidate, CanaryEntry entry)
    {
        var (facts, result) = (entry.Facts, entry.Result);
        return new Allocator
        {
            Name = facts.Name ?? candidate.Entry?.Name ?? System.IO.Path.GetFileName(candidate.Path),
            Version = facts.Version ?? UpstreamVersion(candidate.Stored?.Manifest.Version),
            Path = candidate.Path,
            Package = candidate.Stored?.Manifest.Package,
            Scope = candidate.Scope,
            Architecture = facts.Architecture,
            Libc = facts.Libc,
            BuildId = facts.BuildId,
            Dependencies = candidate.Stored?.DependencyPaths ?? [],
            HeapCheck = Judge(facts.HeapCheck, result.Loaded, result.HeapCheck, facts.Name == "lsan"),
            HeapProfile = Judge(facts.HeapProfile, result.Loaded, result.HeapProfile, proved: false),
            Problem = ProblemOf(facts, result) is { Length: > MaxText } text ? text[..MaxText] : ProblemOf(facts, result),
        };
    }

    // What the file lacks it cannot do; what it has is Supported only once it was seen to work.
    private static Capability Judge(Capability inFile, bool loaded, bool seen, bool proved) =>
        loaded && (seen || (proved && inFile == Capability.Supported)) ? Capability.Supported
        : inFile == Capability.Supported ? Capability.Unknown
        : inFile;

    private static string? ProblemOf(LibraryFacts facts, CanaryResult result) =>
        result.Problem
        ?? (facts.HeapCheck == Capability.Supported && !result.HeapCheck && facts.Name != "lsan"
            ? "the library has a heap checker, but it did not start in the canary run"
            : facts.HeapProfile == Capability.Supported && !result.HeapProfile
                ? "the library has a heap profiler, but it did not start in the canary run"
                : null);

    // Path, size and time of change; on other targets than this machine the path alone (no result is remembered there).
    private string Identity(string path, CancellationToken cancellation)
    {
        if (target is not LocalTarget || target.Fetch(path, cancellation) is not { } file)
        {
            return path;
        }

        var info = new FileInfo(file);
        if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo final)
        {
            info = final;
        }

        return $"{path}|{info.Length}|{info.LastWriteTimeUtc.Ticks}";
    }

    // The proxy has no version of its own: "TBBmalloc: VERSION\t\t2021.8" is in the allocator beside it.
    private string? VersionBeside(string path, LibraryFacts facts, CancellationToken cancellation)
    {
        const string prefix = "TBBmalloc: VERSION";
        if (facts.Name != "tbbmalloc" || target.Fetch(System.IO.Path.GetDirectoryName(path) + "/libtbbmalloc.so.2", cancellation) is not { } file)
        {
            return null;
        }

        using var elf = ElfFile.TryOpen(file, out _);
        return elf?.FindStrings(prefix).FirstOrDefault()?[prefix.Length..].Trim();
    }

    // 2.10-1 → 2.10, 1:2.3+ds-2 → 2.3
    private static string? UpstreamVersion(string? packageVersion)
    {
        if (packageVersion is null)
        {
            return null;
        }

        var text = packageVersion[(packageVersion.IndexOf(':') + 1)..];
        var end = text.AsSpan().IndexOfAny('-', '+', '~');
        return end < 0 ? text : text[..end];
    }
}
