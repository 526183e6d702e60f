using System.Formats.Tar;

namespace MemTools.Containers.Files;

/// <summary>Makes tar streams for containers: directories with a mode, files of this machine.</summary>
public sealed class TarBuilder : IAsyncDisposable
{
    private readonly Stream file;
    private readonly TarWriter writer;

    /// <summary>Small archives stay in memory, large ones go through an unnamed temporary file.</summary>
    public TarBuilder(bool isLarge = false)
    {
        file = isLarge
            ? new FileStream(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 128 * 1024,
                FileOptions.DeleteOnClose | FileOptions.Asynchronous)
            : new MemoryStream();
        writer = new TarWriter(file, TarEntryFormat.Pax, leaveOpen: true);
    }

    /// <summary>Adds a directory with Unix permission bits, owned by root.</summary>
    public void AddDirectory(string name, int mode) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, name) { Mode = (UnixFileMode)mode });

    /// <summary>Adds a file with the content of one of this machine's (links followed), owned by root.</summary>
    public async Task AddFileAsync(string name, string path, int mode, CancellationToken cancellation)
    {
        await using FileStream content = File.OpenRead(path);
        await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = content }, cancellation);
    }

    /// <summary>Adds a file with the given content, owned by root.</summary>
    public void AddFile(string name, ReadOnlySpan<byte> content, int mode) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = new MemoryStream(content.ToArray()) });

    /// <summary>Adds a symbolic link.</summary>
    public void AddLink(string name, string target) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });

    /// <summary>Ends the archive and gives its bytes from the start; valid until this builder is disposed.</summary>
    public Stream Finish()
    {
        writer.Dispose();
        file.Position = 0;
        return file;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        await file.DisposeAsync();
    }
}
