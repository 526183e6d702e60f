using MemTools.Reports.Errors;

namespace MemTools.Allocators.Launch;

/// <summary>
/// The raw copy of one stream in the run folder. When it can no longer be written (disk full, folder removed) the program goes on and what is missing is said.
/// </summary>
internal sealed class RawCopy : IDisposable
{
    private readonly FileStream stream;
    private long written;

    public RawCopy(string path) => stream = PrivateFiles.OpenAppend(path);

    /// <summary>Why the copy is incomplete; null when it is complete.</summary>
    public string? Failure { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (Failure is not null)
            return;
        try
        {
            stream.Write(bytes);
            written += bytes.Length;
        }
        catch (IOException e)
        {
            Failure = $"The copy of a stream in the run folder ends after {written} bytes: {e.Message}";
        }
    }

    public void Dispose() => stream.Dispose();
}
