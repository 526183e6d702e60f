namespace MemTools.Reports.Readers;

/// <summary>A file while a reader takes it: says how far it is, and stops where the user wants to stop, whatever the reader.</summary>
/// <param name="file">Read from where it stands; disposed with this.</param>
/// <param name="name">For the user.</param>
/// <param name="progress">Told every few megabytes; null for nobody.</param>
/// <param name="cancellation">Looked at before each read.</param>
/// <param name="index">Which of <paramref name="count"/> files it is, from 0.</param>
/// <param name="count">Files that are read one after the other.</param>
internal sealed class WatchedStream(Stream file, string name, IProgress<ProgressStep>? progress, CancellationToken cancellation, int index = 0, int count = 1) : ReadOnlyStream
{
    private const long Stride = 256 << 10;

    private readonly long length = file.CanSeek ? file.Length : 0;
    private long position;
    private long next;
    private ReadOnlyMemory<byte> piped;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int read = file.CanSeek ? file.Read(buffer) : ReadPipe(buffer);
        position += read;
        if (progress is not null && (position >= next || !file.CanSeek))
        {
            next = position + Stride;
            progress.Report(new ProgressStep("Reading", length > 0 ? (index + Math.Min(1, (double)position / length)) / count : -1, name));
        }

        return read;
    }

    /// <summary>A pipe may stay silent for ever: the wait for it ends with the user's patience, whatever becomes of the read.</summary>
    private int ReadPipe(Span<byte> buffer)
    {
        if (piped.IsEmpty)
        {
            byte[] part = new byte[64 * 1024];
            int read = Task.Run(() => file.Read(part), CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
            piped = part.AsMemory(0, read);
        }

        int taken = Math.Min(piped.Length, buffer.Length);
        piped.Span[..taken].CopyTo(buffer);
        piped = piped[taken..];
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
