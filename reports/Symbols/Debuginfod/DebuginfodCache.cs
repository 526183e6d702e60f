namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>
/// Downloads kept on disk: <c>CACHE/BUILDID/debuginfo</c>, beside it <c>debuginfo.origin</c> (the server's address and its
/// ETag, one a line) or, when no server has it, <c>debuginfo.missing</c> (the servers asked).
/// </summary>
internal sealed class DebuginfodCache(DebuginfodOptions options, TimeProvider clock)
{
    private const string LastCleaned = "cleaned";

    /// <summary>How often unused files are looked for.</summary>
    private static readonly TimeSpan s_cleaningInterval = TimeSpan.FromDays(1);

    /// <summary>What a killed process left half downloaded is removed after this time.</summary>
    private static readonly TimeSpan s_abandonedAge = TimeSpan.FromDays(1);

    public string FolderOf(DebuginfodArtifact artifact) => Path.Combine(options.CacheFolder, artifact.BuildId);

    public string PathOf(DebuginfodArtifact artifact) => Path.Combine(FolderOf(artifact), artifact.FileName);

    /// <summary>The kept file; null when there is none. Counts as a use of it.</summary>
    public string? Find(DebuginfodArtifact artifact)
    {
        var file = new FileInfo(PathOf(artifact));
        if (!file.Exists)
            return null;
        DateTime now = clock.GetUtcNow().UtcDateTime;
        // File systems are often mounted so that reading does not count as access.
        if (now - file.LastAccessTimeUtc > TimeSpan.FromHours(1))
            TryTouch(file, now);
        return file.FullName;
    }

    /// <summary>The server and ETag to ask whether a file has changed, if it is old enough to ask; null otherwise.</summary>
    public (string Server, string ETag)? Stale(DebuginfodArtifact artifact)
    {
        string path = PathOf(artifact);
        if (clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) <= options.RevalidationAge || !File.Exists(path + ".origin"))
            return null;
        string[] lines = File.ReadAllLines(path + ".origin");
        return lines is [var server, { Length: > 0 } etag, ..] ? (server, etag) : null;
    }

    /// <summary>The server has said that the file is as it was.</summary>
    public void MarkFresh(DebuginfodArtifact artifact) => File.SetLastWriteTimeUtc(PathOf(artifact), clock.GetUtcNow().UtcDateTime);

    /// <summary>Whether all these servers said, not long ago, that they do not have it.</summary>
    public bool IsMissing(DebuginfodArtifact artifact, IReadOnlyList<string> servers)
    {
        string path = PathOf(artifact) + ".missing";
        return File.Exists(path)
            && clock.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) < options.MissingAge
            && !servers.Except(File.ReadAllLines(path)).Any();
    }

    public void MarkMissing(DebuginfodArtifact artifact, IReadOnlyList<string> servers)
    {
        string temporary = NewTemporary(artifact);
        File.WriteAllLines(temporary, servers);
        File.SetLastWriteTimeUtc(temporary, clock.GetUtcNow().UtcDateTime);
        File.Move(temporary, PathOf(artifact) + ".missing", overwrite: true);
    }

    /// <summary>Puts a finished download in its place, at once and whole.</summary>
    public string Keep(DebuginfodArtifact artifact, string temporary, string server, string? etag)
    {
        string path = PathOf(artifact);
        string origin = NewTemporary(artifact);
        File.WriteAllLines(origin, [server, etag ?? ""]);
        File.Move(origin, path + ".origin", overwrite: true);
        File.SetLastWriteTimeUtc(temporary, clock.GetUtcNow().UtcDateTime);
        File.Move(temporary, path, overwrite: true);
        File.Delete(path + ".missing");
        return path;
    }

    /// <summary>A path in the build-id's folder that nobody else uses.</summary>
    public string NewTemporary(DebuginfodArtifact artifact) => Path.Combine(FolderOf(artifact), $".{Guid.NewGuid():N}.part");

    /// <summary>Makes the build-id's folder, for the owner only.</summary>
    public void MakeFolder(DebuginfodArtifact artifact) =>
        Directory.CreateDirectory(FolderOf(artifact), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>Removes a folder that a failed or cancelled download would leave empty.</summary>
    public void RemoveIfEmpty(DebuginfodArtifact artifact)
    {
        try
        {
            Directory.Delete(FolderOf(artifact));
        }
        catch (IOException)
        {
            // Not empty, or another process has removed it: both are as they should be.
        }
    }

    /// <summary>Once a day, removes what nobody has used for <see cref="DebuginfodOptions.UnusedAge"/>.</summary>
    public void Clean(CancellationToken cancellation)
    {
        string stamp = Path.Combine(options.CacheFolder, LastCleaned);
        DateTime now = clock.GetUtcNow().UtcDateTime;
        if (!Directory.Exists(options.CacheFolder) || (File.Exists(stamp) && now - File.GetLastWriteTimeUtc(stamp) < s_cleaningInterval))
            return;
        File.WriteAllText(stamp, "");
        File.SetLastWriteTimeUtc(stamp, now);
        foreach (string folder in Directory.EnumerateDirectories(options.CacheFolder))
        {
            cancellation.ThrowIfCancellationRequested();
            if (DebuginfodArtifact.IsBuildId(Path.GetFileName(folder)))
                CleanFolder(new DirectoryInfo(folder), now);
        }
    }

    private void CleanFolder(DirectoryInfo folder, DateTime now)
    {
        FileInfo[] files = folder.GetFiles();
        foreach (FileInfo file in files)
        {
            if (file.Extension == ".part" ? now - file.LastWriteTimeUtc > s_abandonedAge : now - LastUse(file) > options.UnusedAge)
                file.Delete();
        }
        foreach (FileInfo origin in files.Where(f => f.Extension == ".origin"))
        {
            if (!File.Exists(Path.ChangeExtension(origin.FullName, null)))
                origin.Delete();
        }
        if (folder.GetFiles().Length == 0)
            RemoveIfEmpty(new DebuginfodArtifact(folder.Name, "debuginfo"));
    }

    private static DateTime LastUse(FileInfo file)
    {
        // A note is used with the file that it is about.
        string owner = file.Extension == ".origin" ? Path.ChangeExtension(file.FullName, null) : file.FullName;
        var used = new FileInfo(owner);
        return used.LastAccessTimeUtc > used.LastWriteTimeUtc ? used.LastAccessTimeUtc : used.LastWriteTimeUtc;
    }

    private static void TryTouch(FileInfo file, DateTime now)
    {
        try
        {
            file.LastAccessTimeUtc = now;
        }
        catch (UnauthorizedAccessException)
        {
            // A cache shared read-only is used all the same.
        }
    }
}
