using System.Buffers;
using MemTools.Reports.Errors;
using Microsoft.Win32.SafeHandles;

namespace MemTools.Containers.Files;

/// <summary>
/// Copies a folder that a container wrote into, by the rules of <see cref="ArchiveExtractor"/>: plain files and directories only, holes stay holes, and
/// what is left out is named. Nothing may run in the container any more.
/// </summary>
internal sealed class FolderExtractor(string root, ExtractLimits limits, string origin)
{
    private const int BufferBytes = 256 * 1024;
    private readonly string root = root;
    private readonly List<string> files = [];
    private readonly List<string> skipped = [];
    private readonly long allowed = Math.Min(limits.MaxBytes, ArchiveExtractor.FreeBytes(root) - limits.KeepFree);
    private long written;
    private int entries;

    /// <summary>Copies what is in a folder.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="folder">Existing folder that receives it.</param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="MemToolsException">ArchiveTooLarge, ArchiveNotWritable.</exception>
    /// <exception cref="UnauthorizedAccessException">Something there may not be read by this user.</exception>
    public static ExtractResult Copy(string source, string folder, ExtractLimits limits, string origin, CancellationToken cancellation)
    {
        var copy = new FolderExtractor(Path.GetFullPath(folder), limits, origin);
        copy.CopyFolder(source, copy.root, "", 1, cancellation);
        return new ExtractResult(copy.files, copy.skipped);
    }

    private void CopyFolder(string source, string into, string prefix, int depth, CancellationToken cancellation)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(source))
        {
            cancellation.ThrowIfCancellationRequested();
            if (++entries > limits.MaxEntries)
                throw ArchiveExtractor.TooLarge(origin, $"more than {limits.MaxEntries} entries");
            string name = Path.GetFileName(path), shown = prefix + name;
            if (depth > limits.MaxDepth || ArchiveExtractor.Parts(name, false, 1) is not [{ } plain])
            {
                ArchiveExtractor.Skip(skipped, shown, "its path leads out of the folder or cannot be used");
                continue;
            }

            string place = Path.Combine(into, plain);
            switch (PlainFile.KindOf(path))
            {
                case EntryKind.Directory when ArchiveExtractor.TryCreateDirectory(place):
                    CopyFolder(path, place, shown + "/", depth + 1, cancellation);
                    break;
                case EntryKind.File when !Directory.Exists(place) && PlainFile.TryOpen(path) is { } handle:
                    using (handle)
                        CopyFile(handle, place, cancellation);
                    files.Add(place);
                    break;
                case EntryKind.Other:
                    ArchiveExtractor.Skip(skipped, shown, "links and special files are not brought over");
                    break;
                default:
                    ArchiveExtractor.Skip(skipped, shown, "something else is in its place");
                    break;
            }
        }
    }

    private void CopyFile(SafeFileHandle source, string place, CancellationToken cancellation)
    {
        long length = RandomAccess.GetLength(source);
        written += length;
        if (written > allowed)
            throw ArchiveExtractor.TooLarge(origin, $"{written} bytes or more, where {allowed} are allowed");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using SafeFileHandle file = File.OpenHandle(place, FileMode.Create, FileAccess.Write, FileShare.Read);
            long at = 0;
            while (at < length && RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(BufferBytes, length - at)), at) is > 0 and var read)
            {
                cancellation.ThrowIfCancellationRequested();
                if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
                    RandomAccess.Write(file, buffer.AsSpan(0, read), at);
                at += read;
            }

            RandomAccess.SetLength(file, at);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ArchiveExtractor.NotWritable(place, error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
