using MemTools.Containers.Engine;
using MemTools.Containers.Files;

namespace MemTools.Containers.Targets;

/// <summary>Files of this machine that will be in a container's library directory: path there → path here.</summary>
internal sealed class StagedLibraries
{
    private const int LibraryMode = 0x1ED; // rwxr-xr-x
    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);

    public bool IsEmpty => files.Count == 0;

    public void Add(string pathThere, string pathHere) => files[pathThere] = pathHere;

    public string? Find(string pathThere) => files.GetValueOrDefault(pathThere);

    /// <summary>Puts them into a directory of a container that has not been started.</summary>
    public async Task UploadAsync(EngineClient client, string container, string directory, HostVolumes? volumes, CancellationToken cancellation)
    {
        if (volumes is not null && files.All(file => volumes.TryCopy(file.Key, file.Value, LibraryMode)))
            return;
        await using var tar = new TarBuilder(isLarge: true);
        foreach ((string there, string here) in files)
            await tar.AddFileAsync(there[(directory.Length + 1)..], here, LibraryMode, cancellation);
        await client.PutArchiveAsync(container, directory, tar.Finish(), cancellation);
    }
}
