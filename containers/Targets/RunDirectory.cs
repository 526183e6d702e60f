using MemTools.Allocators;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Targets;

/// <summary>
/// The directory in a running container for what the engine writes: the first of some usual places in which the user may write. It comes back by archive,
/// from memory file systems by a command, and is then removed.
/// </summary>
internal sealed class RunDirectory(EngineClient client, ContainerDetails details, ContainerShell shell)
{
    private const string Make = "for d in \"$@\"; do p=\"$d/$0\"; if [ -d \"$d\" ] && mkdir -m 700 \"$p\" 2>/dev/null; then printf '%s' \"$p\"; exit 0; fi; done; exit 3";
    private const string TarUp = "cd \"$1\" && exec tar -cf - .";
    private const string Remove = "rm -rf -- \"$1\"";
    private const int OpenDirectory = 0x3FF; // rwxrwxrwx and the sticky bit, as /tmp

    private const int LibraryMode = 0x1ED; // rwxr-xr-x

    private readonly HashSet<string> memory = new(details.HostConfig?.Tmpfs?.Keys ?? Enumerable.Empty<string>(), StringComparer.Ordinal);

    private string? directory;
    private string? beside;

    /// <exception cref="MemToolsException">ContainerNoReportDirectory.</exception>
    public async Task<string> MakeAsync(string name, CancellationToken cancellation)
    {
        string[] places = ["/tmp", "/var/tmp", "/dev/shm", .. WritableMounts(), "/run"];
        directory = shell.HasShell ? await MakeByShellAsync(".memtools-" + name, places, cancellation) : await MakeByArchiveAsync(".memtools-" + name, cancellation);
        return directory ?? throw new MemToolsException(
            "ContainerNoReportDirectory", MemToolsErrorCategory.PermissionDenied,
            $"The container has no directory that the program's user may write (tried {string.Join(", ", places)}); the leak check could not leave its report.",
            details.Name.TrimStart('/'), "Give the container a writable place, for example --tmpfs /tmp or a volume, or run the image instead (-Image): then MemTools adds one.");
    }

    /// <summary>
    /// Puts a library by archive: into the directory, or, where that lies in memory (out of an archive's sight, and mounted noexec by engines), beside it on the
    /// container's own file system. Null where that is read-only.
    /// </summary>
    public async Task<string?> PlaceLibraryAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        string folderOfRun = directory ?? throw new InvalidOperationException("The directory is made first.");
        string own = folderOfRun[(folderOfRun.LastIndexOf('/') + 1)..] + "-" + name;
        foreach ((string folder, string file) in ((string, string)[])[(folderOfRun, name), ("/var/tmp", own), ("/run", own), ("/", own)])
        {
            if (folder != folderOfRun && memory.Contains(folder))
                continue;
            await using var tar = new TarBuilder();
            tar.AddFile(file, content.Span, LibraryMode);
            try
            {
                await client.PutArchiveAsync(details.Id, folder, tar.Finish(), cancellation);
            }
            catch (MemToolsException error) when (IsRefusal(error))
            {
                continue;
            }

            string path = folder.TrimEnd('/') + "/" + file;
            if (folder == folderOfRun)
                return path;
            beside = path;
            return shell.HasShell ? path : null;
        }

        return null;
    }

    public async Task CollectAsync(string runPath, CancellationToken cancellation)
    {
        if (directory is null)
            return;
        IReadOnlyList<string> skipped = await ByArchiveAsync(runPath, cancellation) ?? await ByCommandAsync(runPath, cancellation);
        if (shell.HasShell)
        {
            await shell.RunAsync("/bin/sh", new CommandRequest("/bin/sh", ["-c", Remove, "sh", directory]), cancellation);
            directory = null;
            if (beside is { } library)
                await shell.RunAsRootAsync("/bin/sh", new CommandRequest("/bin/sh", ["-c", Remove, "sh", library]), cancellation);
        }

        if (skipped.Count > 0)
            throw new MemToolsException("ArchiveEntriesSkipped", MemToolsErrorCategory.SecurityError, string.Join(' ', skipped), runPath, "Look at the container.");
    }

    /// <summary>Read-only, or not there.</summary>
    private static bool IsRefusal(MemToolsException error) =>
        error.ErrorId is "ContainerEngineError" or "ContainerRequestRefused" or "ContainerEngineDenied" or "ContainerFileNotFound";

    private IEnumerable<string> WritableMounts() => (details.Mounts ?? []).Where(m => m.RW && m.Type is "volume" or "tmpfs").Select(m => m.Destination);

    private async Task<string?> MakeByShellAsync(string name, string[] places, CancellationToken cancellation)
    {
        CommandResult result = await shell.RunAsync("/bin/sh", new CommandRequest("/bin/sh", ["-c", Make, name, .. places]), cancellation);
        return result.ExitCode == 0 ? result.StandardOutput : null;
    }

    private async Task<string?> MakeByArchiveAsync(string name, CancellationToken cancellation)
    {
        foreach (string place in (string[])["/tmp", "/var/tmp", .. WritableMounts(), "/"])
        {
            // An archive put under a memory file system lands below it, out of sight.
            if (memory.Contains(place) || await client.StatPathAsync(details.Id, place, cancellation) is not { IsDirectory: true })
                continue;
            await using var tar = new TarBuilder();
            tar.AddDirectory(name + "/", OpenDirectory);
            try
            {
                await client.PutArchiveAsync(details.Id, place, tar.Finish(), cancellation);
                return place.TrimEnd('/') + "/" + name;
            }
            catch (MemToolsException error) when (IsRefusal(error))
            {
                continue; // read-only: the next place
            }
        }

        return null;
    }

    /// <summary>Null when the directory is not seen by archive: it lies in memory.</summary>
    private async Task<IReadOnlyList<string>?> ByArchiveAsync(string runPath, CancellationToken cancellation)
    {
        await using Stream? tar = await client.GetArchiveAsync(details.Id, directory!, cancellation);
        return tar is null ? null : (await ArchiveExtractor.ExtractAsync(tar, runPath, true, new ExtractLimits(), directory!, cancellation)).Skipped;
    }

    private async Task<IReadOnlyList<string>> ByCommandAsync(string runPath, CancellationToken cancellation)
    {
        string path = Path.Combine(runPath, ".collect.tar");
        try
        {
            int code;
            await using (var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                CreateExecRequest request = ExecCommand.Create(
                    ["/bin/sh", "-c", TarUp, "sh", directory!], new Dictionary<string, string?>(), new Dictionary<string, string>(), hasShell: false);
                await using ExecSession session = await ExecSession.StartAsync(
                    client, details.Id, request with { Env = ["LD_PRELOAD="] }, false, bytes => file.Write(bytes.Span), _ => { }, null, cancellation);
                (code, _) = await session.WaitAsync(cancellation);
            }

            if (code == 0)
            {
                await using FileStream tar = File.OpenRead(path);
                return (await ArchiveExtractor.ExtractAsync(tar, runPath, false, new ExtractLimits(), directory!, cancellation)).Skipped;
            }
        }
        finally
        {
            File.Delete(path);
        }

        return await ByCatAsync(runPath, cancellation);
    }

    /// <summary>Images with a shell but without tar: file by file.</summary>
    private async Task<IReadOnlyList<string>> ByCatAsync(string runPath, CancellationToken cancellation)
    {
        string[] names = await DirectoryListing.ByShellAsync(shell, directory!, cancellation) ?? throw new MemToolsException(
            "ContainerFilesLost", MemToolsErrorCategory.ReadError,
            $"The reports in {directory} cannot be brought over: it is in memory, and the container has neither tar nor a shell that still runs.", directory,
            "Give the container a volume, or run the image instead (-Image).");
        var skipped = new List<string>();
        foreach (string name in names)
        {
            if (ArchiveExtractor.Parts(name, false, 1) is not [{ } plain])
            {
                skipped.Add($"'{name}' was left in the container.");
                continue;
            }

            await using var file = new FileStream(Path.Combine(runPath, plain), FileMode.Create, FileAccess.Write);
            var request = new CreateExecRequest { Cmd = ["cat", "--", directory + "/" + name], Env = ["LD_PRELOAD="] };
            await using ExecSession session = await ExecSession.StartAsync(client, details.Id, request, false, bytes => file.Write(bytes.Span), _ => { }, null, cancellation);
            if ((await session.WaitAsync(cancellation)).ExitCode != 0)
                skipped.Add($"'{name}' could not be read in the container.");
        }

        return skipped;
    }
}
