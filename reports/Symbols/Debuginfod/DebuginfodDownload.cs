using System.Buffers;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Debuginfod;

/// <summary>Reads a server's file to disk, within the limits of size and time, and looks whether it is the right one.</summary>
internal sealed class DebuginfodDownload(DebuginfodOptions options, TimeProvider clock)
{
    /// <summary>What must arrive within each <see cref="DebuginfodOptions.Timeout"/>.</summary>
    private const long SlowestBytes = 100 * 1024;

    private const int BufferBytes = 128 * 1024;

    /// <summary>Writes to <paramref name="path"/>; what is wrong with the file or the transfer, or null. Only cancellation is thrown.</summary>
    public async Task<string?> RunAsync(DebuginfodReply reply, DebuginfodArtifact artifact, string path, CancellationToken cancellation)
    {
        if (reply.Length > options.MaxBytes)
            return $"has a file of {reply.Length} bytes, more than the {options.MaxBytes} allowed";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        string? problem;
        try
        {
            problem = await CopyAsync(reply, artifact, path, limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "was too slow: the transfer was given up";
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return $"broke off the transfer: {e.Message}";
        }
        return problem ?? (artifact.IsElf ? CheckElf(path, artifact) : null);
    }

    private async Task<string?> CopyAsync(DebuginfodReply reply, DebuginfodArtifact artifact, string path, CancellationTokenSource limit)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var output = new FileStream(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            await using (output.ConfigureAwait(false))
            {
                long done = 0, windowStart = 0, began = clock.GetTimestamp(), reported = began, window = began;
                limit.CancelAfter(TimeLeft(began));
                while (true)
                {
                    int read = await reply.Content!.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
                    if (read == 0)
                        break;
                    done += read;
                    if (done > options.MaxBytes)
                        return $"sends more than the {options.MaxBytes} bytes allowed";
                    await output.WriteAsync(buffer.AsMemory(0, read), limit.Token).ConfigureAwait(false);
                    if (done - windowStart >= SlowestBytes)
                    {
                        windowStart = done;
                        window = clock.GetTimestamp();
                        limit.CancelAfter(TimeLeft(began));
                    }
                    if (options.Progress is not null && clock.GetElapsedTime(reported) > TimeSpan.FromMilliseconds(100))
                    {
                        reported = clock.GetTimestamp();
                        Report(reply, artifact, done);
                    }
                }
                if (reply.Length >= 0 && done != reply.Length)
                    return $"sent {done} of {reply.Length} bytes";
                Report(reply, artifact, done);
            }
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private TimeSpan TimeLeft(long began)
    {
        if (options.MaxTime is not { } max)
            return options.Timeout;
        TimeSpan left = max - clock.GetElapsedTime(began);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < options.Timeout ? left : options.Timeout;
    }

    private void Report(DebuginfodReply reply, DebuginfodArtifact artifact, long done) => options.Progress?.Report(new ProgressStep(
        "Downloading debug information", reply.Length > 0 ? (double)done / reply.Length : -1,
        $"{artifact.BuildId} from {reply.Server.Address}, {done / 1e6:0.0} MB"));

    private static string? CheckElf(string path, DebuginfodArtifact artifact)
    {
        if (ElfFile.TryOpen(path, out _) is not { } elf)
            return "sent something that is no ELF file";
        using (elf)
        {
            return elf.BuildId is { } id && id != artifact.BuildId ? $"sent the file of another build, {id}" : null;
        }
    }
}
