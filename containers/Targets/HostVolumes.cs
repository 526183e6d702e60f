using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;

namespace MemTools.Containers.Targets;

/// <summary>
/// The volumes of a container whose folders this process sees: the engine runs here, and this user may look at its data. An archive makes the engine mount
/// the container for each request, 60 ms; a folder is simply there.
/// </summary>
internal sealed class HostVolumes
{
    private readonly Dictionary<string, string> folders = new(StringComparer.Ordinal);

    /// <param name="endpoint">Where the engine is.</param>
    /// <param name="details">The container. Names of anonymous volumes are random: a folder of that name here is that volume.</param>
    public HostVolumes(EngineEndpoint endpoint, ContainerDetails details)
    {
        if (endpoint.Transport != EngineTransport.UnixSocket || !OperatingSystem.IsLinux())
            return;
        foreach (MountPoint mount in details.Mounts ?? [])
        {
            if (mount is { Type: "volume", RW: true, Source: { Length: > 0 } source } && source.Contains(mount.Name, StringComparison.Ordinal) && mount.Name.Length >= 32
                && Directory.Exists(source))
                folders[mount.Destination] = source;
        }
    }

    /// <summary>The folder of the volume that is mounted there, or of a directory in it; null when it is not seen.</summary>
    public string? Find(string path)
    {
        foreach ((string destination, string folder) in folders)
        {
            string? place = path == destination ? folder : path.StartsWith(destination + "/", StringComparison.Ordinal) ? folder + path[destination.Length..] : null;
            if (place is not null)
                return Directory.Exists(place) ? place : null;
        }

        return null;
    }

    /// <summary>Makes a directory in a container that has not been started; false when it must go by archive.</summary>
    public bool TryMakeDirectory(string path, int mode) => TryWrite(path, place => Directory.CreateDirectory(place), mode);

    /// <summary>Puts a file into a container that has not been started; false when it must go by archive.</summary>
    public bool TryPut(string path, ReadOnlyMemory<byte> content, int mode) => TryWrite(path, place =>
    {
        using FileStream file = File.Create(place);
        file.Write(content.Span);
    }, mode);

    /// <summary>Copies a file of this machine into a container that has not been started; false when it must go by archive.</summary>
    public bool TryCopy(string path, string source, int mode) => TryWrite(path, place => File.Copy(source, place, overwrite: true), mode);

    private bool TryWrite(string path, Action<string> write, int mode)
    {
        int slash = path.LastIndexOf('/');
        if (OperatingSystem.IsWindows() || Find(path[..slash]) is not { } folder)
            return false;
        try
        {
            string place = folder + path[slash..];
            write(place);
            File.SetUnixFileMode(place, (UnixFileMode)mode); // whatever the umask
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
