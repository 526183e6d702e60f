using MemTools.Allocators.HeapCheck;

namespace MemTools.Allocators.Launch;

/// <summary>Takes one stream of the program as it comes: keeps it raw, shows it, and lets the engine's classifier see it.</summary>
internal sealed class StreamRecorder : IDisposable
{
    /// <summary>How long a beginning that could still become a checker's line is held back.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly RawCopy? copy;
    private readonly ICheckerText? classifier;
    private readonly Action<ReadOnlyMemory<byte>>? show;
    private readonly Timer? flush;
    private readonly bool endsWithReader;

    /// <param name="path">File for the raw copy; null for none.</param>
    /// <param name="show">Gets the program's bytes; null to show nothing.</param>
    /// <param name="createClassifier">Makes the classifier from the (guarded) sink for the program's bytes; null for none.</param>
    /// <param name="endsWithReader">True where <see cref="Take"/> may throw <see cref="ReaderGoneException"/>, so that the program's pipe is closed too.</param>
    public StreamRecorder(
        string? path, Action<ReadOnlyMemory<byte>>? show, Func<Action<ReadOnlyMemory<byte>>?, ICheckerText?>? createClassifier = null,
        bool endsWithReader = false)
    {
        this.endsWithReader = endsWithReader;
        copy = path is null ? null : new RawCopy(path);
        this.show = show;
        classifier = createClassifier?.Invoke(show is null ? null : Show);
        if (classifier is not null && show is not null)
            flush = new Timer(_ => FlushPending());
    }

    /// <summary>What the user should know of the copy and the showing.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (copy?.Failure is { } failure)
                yield return failure;
            if (ShowFailure is { } lost)
                yield return $"The program's output could not be shown to its end: {lost}";
        }
    }

    private string? ShowFailure { get; set; }

    public void Take(ReadOnlyMemory<byte> bytes)
    {
        lock (gate)
        {
            copy?.Write(bytes.Span);
            if (classifier is null)
            {
                Show(bytes);
                return;
            }
            classifier.Feed(bytes.Span);
        }
        flush?.Change(Hold, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the stream; returns the engine's words, null without a classifier.</summary>
    public object? Complete()
    {
        flush?.Dispose();
        lock (gate)
            return classifier?.Complete();
    }

    public void Dispose()
    {
        flush?.Dispose();
        copy?.Dispose();
    }

    private void FlushPending()
    {
        lock (gate)
            classifier!.FlushPending();
    }

    /// <summary>
    /// What cannot be shown does not end the run. Where the reader went away the program learns of it, or one that writes for ever (<c>yes | head</c>)
    /// would fill the disk; not where the engine still listens.
    /// </summary>
    private void Show(ReadOnlyMemory<byte> bytes)
    {
        if (ShowFailure is not null || show is null)
            return;
        try
        {
            show(bytes);
        }
        catch (ReaderGoneException) when (endsWithReader && classifier is null)
        {
            throw;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            ShowFailure = e.Message;
        }
    }
}
