using MemTools.Allocators.HeapCheck;
using MemTools.Containers.Engine;
using MemTools.Containers.Engine.Wire;
using MemTools.Reports.Errors;

namespace MemTools.Containers;

/// <summary>
/// The log of a container since its last start, of which only what a checker may have said is kept: gperftools' own lines, however long the log is; of another
/// engine's the first part of standard error.
/// </summary>
/// <param name="Problem">Why the log could not be read; null when it was.</param>
internal sealed record ContainerLog(string? Problem)
{
    /// <summary>Name of the kept file.</summary>
    public const string FileName = "log.txt";

    private static readonly TimeSpan NotedLate = TimeSpan.FromMilliseconds(500);

    private const long MaxBytes = 1L << 30;

    public static async Task<ContainerLog> KeepAsync(EngineClient client, ContainerDetails details, CheckedSetup setup, string folder, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, FileName);
        string? problem = null;
        await using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024))
        {
            ICheckerText? classifier = setup.Engine == "gperftools" ? LeakEngines.Find("Gperftools")!.CreateClassifier(null, bytes => file.Write(bytes.Span)) : null;
            var line = new MemoryStream();
            void Take(ReadOnlyMemory<byte> bytes)
            {
                if (details.Config.Tty)
                    bytes = WithoutReturns(bytes.Span, line);
                if (classifier is not null)
                    classifier.Feed(bytes.Span);
                else if (file.Length < MaxBytes)
                    file.Write(bytes.Span);
            }

            try
            {
                // With a terminal both streams are one.
                await client.CopyLogsAsync(
                    details.Id, details.Config.Tty, follow: false, LastStart(details.State), details.Config.Tty ? Take : static _ => { }, Take, cancellation);
            }
            catch (MemToolsException error) when (error.ErrorId is "ContainerEngineError" or "ContainerRequestRefused")
            {
                problem = $"The container's log cannot be read, so that clean checks are not seen: {error.Message}";
            }

            classifier?.Complete();
        }

        if (new FileInfo(path).Length == 0)
            File.Delete(path);
        return new ContainerLog(problem);
    }

    /// <summary>
    /// A moment before the start that the engine notes, because what a fast program prints can be older; never before the end of the run before, where that is known.
    /// </summary>
    private static DateTimeOffset? LastStart(ContainerState state)
    {
        DateTimeOffset? from = state.StartedAt is { } start && start > DateTimeOffset.UnixEpoch ? start - NotedLate : null;
        return state is { Running: true, FinishedAt: { } before } && before > from ? before : from;
    }

    /// <summary>A terminal ends lines with a carriage return besides.</summary>
    private static ReadOnlyMemory<byte> WithoutReturns(ReadOnlySpan<byte> bytes, MemoryStream room)
    {
        room.SetLength(0);
        foreach (Range part in bytes.Split((byte)'\r'))
            room.Write(bytes[part]);
        return room.GetBuffer().AsMemory(0, (int)room.Length);
    }
}
