using System.Text.Json;
using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>One run's folder: its record, who watches it, the raw streams, and what the engine wrote.</summary>
internal sealed class RunFolder(string path)
{
    private const int MaximumRecordSize = 64 * 1024 * 1024;

    public string RunPath { get; } = path;

    public string Id => Path.GetFileName(RunPath);

    public string RecordPath => Path.Combine(RunPath, "run.json");

    public string WatchPath => Path.Combine(RunPath, "watch.json");

    public string OutputPath => Path.Combine(RunPath, "stdout.txt");

    public string ErrorPath => Path.Combine(RunPath, "stderr.txt");

    /// <summary>Makes a new folder with a new id.</summary>
    public static RunFolder Create(string root, DateTimeOffset time)
    {
        PrivateFiles.CreateDirectory(root);
        while (true)
        {
            string path = Path.Combine(root, RunId.Create(time));
            if (PrivateFiles.TryCreateNew(path))
                return new RunFolder(path);
        }
    }

    public void Write(AllocatorRun run) =>
        PrivateFiles.WriteAtomically(RecordPath, RunRecordWriter.ToUtf8(run));

    public void Write(WatchRecord watch) =>
        PrivateFiles.WriteAtomically(WatchPath, WatchRecordJson.ToUtf8(watch));

    /// <summary>The record; null when there is none (a folder that is just being made or removed).</summary>
    public AllocatorRun? ReadRun() => Read(RecordPath, static bytes => JsonSerializer.Deserialize(bytes, RunJson.Readable.AllocatorRun));

    public WatchRecord? ReadWatch() => Read(WatchPath, WatchRecordJson.Parse);

    /// <summary>Signal that somebody sent by the store; null when none or when the record cannot be read any more.</summary>
    public string? TryReadStopSignal()
    {
        try
        {
            // Nearly always there is none: then nothing need be parsed, and no parser loaded.
            return HasStopSignal() ? ReadWatch()?.StopSignal : null;
        }
        catch (MemToolsException e) when (e.ErrorId == "RunRecordUnreadable")
        {
            return null;
        }
    }

    private bool HasStopSignal()
    {
        try
        {
            return File.Exists(WatchPath) && File.ReadAllBytes(WatchPath).AsSpan().IndexOf(WatchRecordJson.NoSignal) < 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes everything.</summary>
    public void Delete()
    {
        try
        {
            Directory.Delete(RunPath, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else removed it at the same time.
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MemToolsException(
                "RunNotRemovable", MemToolsErrorCategory.WriteError, $"The run folder '{RunPath}' cannot be removed: {e.Message}", Id,
                "Check who owns the files in it.", e);
        }
    }

    private delegate T? Parser<T>(ReadOnlySpan<byte> bytes);

    private static T? Read<T>(string path, Parser<T> parse)
        where T : class
    {
        byte[] bytes;
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists)
                return null;
            if (info.Length > MaximumRecordSize)
                throw new JsonException("it is too long");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unreadable(path, e);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Unreadable(path, e);
        }
        try
        {
            return parse(bytes);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw Unreadable(path, e);
        }
    }

    private static MemToolsException Unreadable(string path, Exception e) => new(
        "RunRecordUnreadable", MemToolsErrorCategory.InvalidData, $"The run's record '{path}' cannot be read: {e.Message}", path,
        "Remove the run's folder if it is of no more use.", e);
}
