namespace MemTools.Reports.Readers;

/// <summary>Reads a kept standard error stream of programs that ran under gperftools' heap checker.</summary>
public static class HeapCheckLogReader
{
    /// <summary>
    /// Reads to the end. Any bytes are legal: what is not the checker's is the program's. Memory grows with the distinct stacks
    /// reported, not with the length of the stream.
    /// </summary>
    public static HeapCheckLog Read(Stream stream, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var classifier = new HeapCheckLineClassifier();
        byte[] chunk = new byte[256 * 1024];
        int read;
        while ((read = stream.Read(chunk)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            classifier.Feed(chunk.AsSpan(0, read));
        }

        return classifier.Complete();
    }

    /// <summary>Reads a text at hand, for example one pasted or piped in.</summary>
    public static HeapCheckLog Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var classifier = new HeapCheckLineClassifier();
        classifier.Feed(System.Text.Encoding.UTF8.GetBytes(text));
        return classifier.Complete();
    }
}
