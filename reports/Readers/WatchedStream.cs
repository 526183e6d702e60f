namespace MemTools.Reports.Readers;

/// <summary>A file while a reader takes it: says how far it is, and stops where the user wants to stop, whatever the reader.</summary>
internal sealed class WatchedStream(Stream file, string name, IProgress<ProgressStep>? progress, CancellationToken cancellation) : ReadOnlyStream
{
    private const long Stride = 4 << 20;

    private readonly long length = file.CanSeek ? file.Length : 0;
    private long position;
    private long next;

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        int read = file.Read(buffer);
        position += read;
        if (position >= next && progress is not null)
        {
            next = position + Stride;
            progress.Report(new ProgressStep("Reading", length > 0 ? (double)position / length : -1, name));
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
