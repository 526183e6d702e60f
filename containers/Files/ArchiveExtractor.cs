using System.Buffers;
using System.Text;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Files;

/// <summary>
/// Unpacks what comes out of a container into a folder, and never anywhere else: plain files and directories only, no links, no devices, no owner, no
/// mode beyond read and write. What is left out is named.
/// </summary>
public static class ArchiveExtractor
{
    private const int BufferBytes = 256 * 1024;
    private const int MaxNameBytes = 255;
    private static readonly SearchValues<char> NotOnWindows = SearchValues.Create("\\:*?\"<>|");

    /// <summary>Unpacks a tar stream.</summary>
    /// <param name="tar">The stream.</param>
    /// <param name="folder">Existing folder that receives it.</param>
    /// <param name="stripFirst">
    /// The archive is a directory's, which itself is left out of each path. Docker names it as the first component (<c>dir/file</c>); of a volume's own
    /// directory podman begins with an entry <c>/</c> and names the others from there (<c>/file</c>). Without that first entry absolute paths are refused.
    /// </param>
    /// <param name="limits">What is taken at most.</param>
    /// <param name="origin">Where it comes from, for messages.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Paths of the files written, and sentences about what was left out.</returns>
    /// <exception cref="MemToolsException">ArchiveInvalid, ArchiveTooLarge, ContainerEngineLost, RunStoreNotWritable.</exception>
    public static async Task<ExtractResult> ExtractAsync(
        Stream tar, string folder, bool stripFirst, ExtractLimits limits, string origin, CancellationToken cancellation)
    {
        var reader = new TarStreamReader(tar, origin);
        var files = new List<string>();
        var skipped = new List<string>();
        string root = Path.GetFullPath(folder);
        long allowed = Math.Min(limits.MaxBytes, FreeBytes(root) - limits.KeepFree);
        long written = 0;
        int entries = 0;
        bool isRooted = false;
        while (await reader.NextAsync(cancellation) is { } entry)
        {
            if (++entries > limits.MaxEntries)
                throw TooLarge(origin, $"more than {limits.MaxEntries} entries");
            if (entries == 1 && stripFirst && entry is { Kind: TarKind.Directory, Name: "/" })
            {
                isRooted = true;
                continue;
            }

            List<string>? parts = isRooted ? RootedParts(entry.Name, limits.MaxDepth) : Parts(entry.Name, stripFirst, limits.MaxDepth);
            if (parts is null || (parts.Count == 0 && entry.Kind != TarKind.Directory))
            {
                Skip(skipped, entry, "its path leads out of the folder or cannot be used");
                continue;
            }

            if (parts.Count == 0)
                continue;
            string path = Path.Combine([root, .. parts]);
            switch (entry.Kind)
            {
                case TarKind.Directory:
                    if (!TryCreateDirectory(path))
                        Skip(skipped, entry, "a file is in its place");
                    break;
                case TarKind.File:
                    written += entry.Size;
                    if (written > allowed)
                        throw TooLarge(origin, $"{written} bytes or more, where {allowed} are allowed");
                    if (!TryCreateDirectory(Path.GetDirectoryName(path)!) || Directory.Exists(path))
                    {
                        Skip(skipped, entry, "something else is in its place");
                        break;
                    }

                    await WriteAsync(reader, path, cancellation);
                    files.Add(path);
                    break;
                default:
                    Skip(skipped, entry, "links and special files are not brought over");
                    break;
            }
        }

        return new ExtractResult(files, skipped);
    }

    /// <summary>The components below the archive's own <c>/</c>; only one slash stands for it.</summary>
    private static List<string>? RootedParts(string name, int maxDepth) => name.StartsWith('/') ? Parts(name[1..], false, maxDepth) : null;

    /// <summary>The path's components; null when one of them is not a plain name.</summary>
    internal static List<string>? Parts(string name, bool stripFirst, int maxDepth)
    {
        if (name.StartsWith('/') || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var parts = new List<string>();
        foreach (string part in name.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part == ".." || Encoding.UTF8.GetByteCount(part) > MaxNameBytes || part.Any(char.IsControl) || part.Contains('\uFFFD', StringComparison.Ordinal))
                return null;
            // A backslash or a colon is a plain character here but a separator or a stream's name on Windows.
            if (OperatingSystem.IsWindows() && part.AsSpan().ContainsAny(NotOnWindows))
                return null;
            parts.Add(part);
        }

        if (parts.Count > maxDepth)
            return null;
        if (stripFirst && parts.Count > 0)
            parts.RemoveAt(0);
        return parts;
    }

    internal static bool TryCreateDirectory(string path)
    {
        if (File.Exists(path))
            return false;
        try
        {
            Directory.CreateDirectory(path);
            return true;
        }
        catch (IOException) when (!Directory.Exists(path))
        {
            return false; // a component of it is a file
        }
    }

    private static async Task WriteAsync(TarStreamReader reader, string path, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
            int filled = 0;
            long length = 0;
            while (true)
            {
                int read = await reader.ReadContentAsync(buffer.AsMemory(filled, BufferBytes - filled), cancellation);
                filled += read;
                if (read > 0 && filled < BufferBytes)
                    continue;
                // Holes stay holes: a sparse file of a terabyte must not become a full one.
                if (filled == BufferBytes && buffer.AsSpan(0, filled).IndexOfAnyExcept((byte)0) < 0)
                    file.Seek(filled, SeekOrigin.Current);
                else
                    file.Write(buffer, 0, filled);
                length += filled;
                filled = 0;
                if (read == 0)
                    break;
            }

            file.SetLength(length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static MemToolsException NotWritable(string path, Exception error) => new(
        "ArchiveNotWritable", MemToolsErrorCategory.WriteError, $"{path} cannot be written: {error.Message}", path,
        "Free space, or check that you may write there.", error);

    internal static long FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return long.MaxValue; // a file system that does not tell; the limit in bytes still holds
        }
    }

    private static void Skip(List<string> skipped, TarEntry entry, string why) => Skip(skipped, entry.Name, why);

    internal static void Skip(List<string> skipped, string name, string why)
    {
        const int MaxNamed = 20;
        if (skipped.Count < MaxNamed)
            skipped.Add($"'{Printable(name)}' was left in the container: {why}.");
        else if (skipped.Count == MaxNamed)
            skipped.Add("More entries were left in the container.");
    }

    private static string Printable(string name)
    {
        string clean = new([.. name.Select(c => char.IsControl(c) ? '?' : c)]);
        return clean.Length > 200 ? clean[..200] + "…" : clean;
    }

    internal static MemToolsException TooLarge(string origin, string what) => new(
        "ArchiveTooLarge", MemToolsErrorCategory.ResourceUnavailable, $"The archive of {origin} is not taken: it has {what}.", origin,
        "Free space for the run's folder, or look at what the program writes into its report directory.");
}

/// <summary>What an extraction did.</summary>
/// <param name="Files">Full paths of the files written.</param>
/// <param name="Skipped">A sentence per entry that was left out.</param>
public sealed record ExtractResult(IReadOnlyList<string> Files, IReadOnlyList<string> Skipped);
