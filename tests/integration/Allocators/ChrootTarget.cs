using System.Text;
using MemTools.Allocators;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>A root file system below a folder, entered by chroot; its paths are seen without that folder.</summary>
internal sealed class ChrootTarget(string root, string name) : ITarget
{
    // A mount namespace of its own: /proc of this call is gone when it ends.
    private const string Enter = "mount --rbind /proc \"$1/proc\" && exec chroot \"$@\"";
    private static readonly string[] Folders = ["/usr/local/bin", "/usr/bin", "/usr/sbin"];

    public string Name => name;

    public string Architecture => LocalTarget.Instance.Architecture;

    public bool IsRoot => true;

    public IReadOnlyDictionary<string, string> InheritedEnvironment { get; } =
        new Dictionary<string, string> { ["PATH"] = string.Join(':', Folders), ["HOME"] = "/" };

    public bool Exists(string path) => Fetch(path, default) is not null;

    // Absolute links point inside the root, not into this machine.
    public string? Fetch(string path, CancellationToken cancellation)
    {
        var at = root + path;
        for (var links = 0; links < 10; links++)
        {
            if (new FileInfo(at).LinkTarget is not { } link)
            {
                return File.Exists(at) ? at : null;
            }

            at = link.StartsWith('/') ? root + link : Path.Combine(Path.GetDirectoryName(at)!, link);
        }

        return null;
    }

    public IReadOnlyList<string> List(string directory) => LocalTarget.Instance.List(root + directory);

    public string? FindProgram(string name) => Folders.Select(f => $"{f}/{name}").FirstOrDefault(Exists);

    public Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellation)
    {
        var environment = InheritedEnvironment.ToDictionary(e => e.Key, e => (string?)e.Value);
        foreach (var (key, value) in request.Environment ?? new Dictionary<string, string?>())
        {
            environment[key] = value;
        }

        return LocalTarget.Instance.RunAsync(
            new CommandRequest("unshare", [.. Arguments(environment), request.FileName, .. request.Arguments], OnLine: request.OnLine, CaptureLimit: request.CaptureLimit), cancellation);
    }

    public Task<ITargetProcess> StartAsync(ProcessStart start, CancellationToken cancellation) => LocalTarget.Instance.StartAsync(
        start with
        {
            WatchChildren = false, // as in containers, where processes say themselves that they started
            FilePath = LocalTarget.Instance.FindProgram("unshare")!,
            Arguments = [.. Arguments(start.Environment.ToDictionary(e => e.Key, e => (string?)e.Value)).Append(start.FilePath).Select(Encoding.UTF8.GetBytes), .. start.Arguments],
            Environment = LocalEnvironment.Read(),
        },
        cancellation);

    /// <summary>A folder inside for what the engine writes; it goes to the run's own when the program has ended.</summary>
    public Task<string> PrepareRunAsync(string runPath, CancellationToken cancellation)
    {
        Directory.CreateDirectory(root + RunFolder(runPath));
        return Task.FromResult(RunFolder(runPath));
    }

    public async Task<string?> PlaceLibraryAsync(string directory, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await File.WriteAllBytesAsync($"{root}{directory}/{name}", content, cancellation);
        return $"{directory}/{name}";
    }

    public Task CollectRunAsync(string runPath, CancellationToken cancellation)
    {
        foreach (var file in Directory.EnumerateFiles(root + RunFolder(runPath)))
        {
            File.Copy(file, Path.Combine(runPath, Path.GetFileName(file)));
        }

        Directory.Delete(root + RunFolder(runPath), recursive: true);
        return Task.CompletedTask;
    }

    private static string RunFolder(string runPath) => "/tmp/" + Path.GetFileName(runPath);

    // env(1) inside sets the variables, so that nothing outside is preloaded.
    private IEnumerable<string> Arguments(Dictionary<string, string?> environment) =>
        ["--mount", "sh", "-c", Enter, "sh", root, "/usr/bin/env", "-i", .. environment.Where(e => e.Value is not null).Select(e => $"{e.Key}={e.Value}")];
}
