using System.Buffers;
using System.Security.Cryptography;
using MemTools.Allocators.Provisioning.Store;
using MemTools.Reports.Errors;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Containers.Files;

/// <summary>
/// Files of containers and images on this machine, in <c>$XDG_CACHE_HOME/memtools/files</c>: <c>KEY/NAME</c>, where the key is build-id and size for ELF files
/// that have a build-id and the content's SHA-256 for others. A file of the cache is complete and never changes.
/// </summary>
/// <param name="root">The folder; null for the user's.</param>
public sealed class FileCache(string? root = null)
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>The cache's folder; it need not exist.</summary>
    public string Root { get; } = root ?? Path.Combine(UserDirectories.Cache, "files");

    /// <summary>The path of a file that is known by its key; null when it is not in the cache (any more).</summary>
    public string? Find(string key, string name)
    {
        string path = Path.Combine(Root, key, name);
        return IsPlain(key) && IsPlain(name) && File.Exists(path) ? path : null;
    }

    /// <summary>Takes the content of the reader's current entry in.</summary>
    /// <param name="reader">Stands at a file.</param>
    /// <param name="name">File name to keep.</param>
    /// <param name="cancellation">Stops it; nothing is left then.</param>
    /// <returns>Its key.</returns>
    /// <exception cref="MemToolsException">CacheNotWritable, ArchiveInvalid, ContainerEngineLost.</exception>
    public async Task<string> AddAsync(TarStreamReader reader, string name, CancellationToken cancellation)
    {
        string temporary = Path.Combine(Root, $".{Environment.ProcessId}.{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(Root);
            long size = 0;
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                await using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
                int read;
                while ((read = await reader.ReadContentAsync(buffer, cancellation)) > 0)
                {
                    file.Write(buffer, 0, read);
                    size += read;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            string key = await KeyAsync(temporary, size, cancellation);
            string folder = Path.Combine(Root, key);
            Directory.CreateDirectory(folder);
            File.Move(temporary, Path.Combine(folder, name), overwrite: true);
            return key;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "CacheNotWritable", MemToolsErrorCategory.WriteError, $"The cache {Root} cannot be written: {error.Message}", Root,
                "Free space, check that you may write there, or set XDG_CACHE_HOME to another folder.", error);
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private static async Task<string> KeyAsync(string path, long size, CancellationToken cancellation)
    {
        using (ElfFile? elf = ElfFile.TryOpen(path, out _))
        {
            if (elf?.BuildId is { Length: >= 16 } id)
                return $"{id}-{size:x}";
        }

        await using FileStream content = File.OpenRead(path);
        return "sha256-" + Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
    }

    private static bool IsPlain(string name) => name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\\', '\0');
}
