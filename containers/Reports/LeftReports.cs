using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Containers.Files;
using MemTools.Containers.Targets;

namespace MemTools.Containers;

/// <summary>Brings the files that a checker left in a container's directory over: by archive, from memory file systems by a command.</summary>
internal sealed class LeftReports(EngineClient client, ContainerDetails details, ContainerFiles files, ContainerShell? shell)
{
    private const int MaxFiles = 10_000;

    /// <returns>A sentence for each that could not be brought.</returns>
    public async Task<IReadOnlyList<string>> FetchAsync(CheckedSetup setup, string folder, CancellationToken cancellation)
    {
        var missed = new List<string>();
        int count = 0;
        foreach (string name in (await files.ListAsync(setup.Directory, cancellation)).Where(setup.IsReport).Order(StringComparer.Ordinal))
        {
            if (++count > MaxFiles)
            {
                missed.Add($"{setup.Directory} has more than {MaxFiles} reports; the rest was left there.");
                break;
            }

            if (ArchiveExtractor.Parts(name, false, 1) is not [{ } plain])
            {
                missed.Add($"A file with an unusable name was left in {setup.Directory}.");
                continue;
            }

            string path = setup.Directory.TrimEnd('/') + "/" + name;
            if (!await ByArchiveAsync(path, folder, cancellation) && !await ByCommandAsync(path, Path.Combine(folder, plain), cancellation))
                missed.Add($"{path} could not be read in the container.");
        }

        return missed;
    }

    private async Task<bool> ByArchiveAsync(string path, string folder, CancellationToken cancellation)
    {
        await using Stream? tar = await client.GetArchiveAsync(details.Id, path, cancellation);
        return tar is not null && (await ArchiveExtractor.ExtractAsync(tar, folder, false, new ExtractLimits(), path, cancellation)).Files.Count > 0;
    }

    private async Task<bool> ByCommandAsync(string path, string local, CancellationToken cancellation)
    {
        if (shell is null)
            return false;
        await using var file = new FileStream(local, FileMode.Create, FileAccess.Write);
        var request = new CreateExecRequest { Cmd = ["cat", "--", path], Env = ["LD_PRELOAD=", "HEAPCHECK="] };
        await using ExecSession session = await ExecSession.StartAsync(client, details.Id, request, false, bytes => file.Write(bytes.Span), _ => { }, null, cancellation);
        return (await session.WaitAsync(cancellation)).ExitCode == 0;
    }
}
