using MemTools.Allocators.Launch;
using MemTools.Containers.Files;
using MemTools.Reports;
using MemTools.Reports.Errors;
using MemTools.Reports.Leaks;
using MemTools.Reports.Model;
using MemTools.Reports.Readers;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Containers.Targets;

/// <summary>
/// Brings the programs, libraries and debug files that a run's reports point into over, while the container is there: into the cache, and as links into
/// the run's <see cref="RunFileSource.FolderName"/> folder. Symbolizing then happens here, any time later, with nothing installed there.
/// </summary>
internal static class RunModules
{
    private const string DebugFolder = "/usr/lib/debug";

    /// <summary>Keeps what is needed; what cannot be read is left to the symbolizer to name.</summary>
    public static async Task KeepAsync(string runPath, ContainerFiles files, StagedLibraries? staged, CancellationToken cancellation)
    {
        foreach (string module in Modules(runPath, cancellation))
        {
            string? local = staged?.Find(module) ?? await FetchAsync(files, module, cancellation);
            if (local is null)
                continue;
            Link(runPath, module, local);
            await KeepDebugFileAsync(runPath, files, module, local, cancellation);
        }
    }

    /// <summary>Paths of the modules that stacks of the reports and profiles in the folder touch.</summary>
    private static HashSet<string> Modules(string runPath, CancellationToken cancellation)
    {
        var modules = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            IReadOnlyList<LeakReport> reports = LeakReports.Read(new LeakReportRequest { Paths = [runPath], Symbolize = false }, new NoFiles(), null, cancellation);
            modules.UnionWith(reports.SelectMany(r => r.Leaks).SelectMany(l => l.Stack).Select(f => f.Module));
        }
        catch (MemToolsException)
        {
            // No report, or a broken one: whoever reads it next says so.
        }

        foreach (string path in Directory.EnumerateFiles(runPath, "*.heap"))
        {
            if (path.EndsWith("-end.heap", StringComparison.Ordinal))
                continue;
            try
            {
                Profile profile = ProfileReader.Read(path, cancellation);
                modules.UnionWith(profile.Locations.Where(l => l.MappingIndex >= 0).Select(l => profile.Mappings[l.MappingIndex].Path));
            }
            catch (MemToolsException)
            {
                // As above.
            }
        }

        modules.RemoveWhere(m => !m.StartsWith('/') || m.Split('/').Contains("..") || m.Any(char.IsControl));
        return modules;
    }

    /// <summary>A separate debug file of a module, where the container has one: by build-id, then by the debug link's name, as gdb looks for it.</summary>
    private static async Task KeepDebugFileAsync(string runPath, ContainerFiles files, string module, string local, CancellationToken cancellation)
    {
        using ElfFile? elf = ElfFile.TryOpen(local, out _);
        if (elf is null || elf.FindSection(".debug_info") is not null || elf.FindSection(".zdebug_info") is not null)
            return;
        string folder = module[..module.LastIndexOf('/')];
        var candidates = new List<string>();
        if (elf.BuildId is { Length: > 2 } id)
            candidates.Add($"{DebugFolder}/.build-id/{id[..2]}/{id[2..]}.debug");
        if (elf.DebugLink is { } link && !link.FileName.Contains('/', StringComparison.Ordinal))
            candidates.AddRange([$"{folder}/{link.FileName}", $"{folder}/.debug/{link.FileName}", $"{DebugFolder}{folder}/{link.FileName}"]);
        foreach (string candidate in candidates)
        {
            if (candidate != module && await FetchAsync(files, candidate, cancellation) is { } found)
            {
                Link(runPath, candidate, found);
                return;
            }
        }
    }

    private static async Task<string?> FetchAsync(ContainerFiles files, string path, CancellationToken cancellation)
    {
        try
        {
            return await files.FetchAsync(path, cancellation);
        }
        catch (MemToolsException error) when (error.ErrorId is "ContainerNotFound" or "ArchiveInvalid")
        {
            return null;
        }
    }

    private static void Link(string runPath, string path, string local)
    {
        string place = Path.Combine([runPath, RunFileSource.FolderName, .. path.Split('/', StringSplitOptions.RemoveEmptyEntries)]);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (File.Exists(place))
            return;
        try
        {
            File.CreateSymbolicLink(place, local);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Copy(local, place); // a file system or an account without links
        }
    }

    /// <summary>Reading stacks alone needs no modules.</summary>
    private sealed class NoFiles : IFileSource
    {
        public bool Exists(string path) => false;

        public string? Fetch(string path, CancellationToken cancellation) => null;
    }
}
