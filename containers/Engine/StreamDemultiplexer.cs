using System.Buffers;
using System.Buffers.Binary;

namespace MemTools.Containers.Engine;

/// <summary>
/// Splits the engine's multiplexed stream: frames of <c>[1|2, 0, 0, 0, length as 32-bit big-endian] payload</c>. Frames split lines
/// and UTF-8 characters, so payloads are passed on as bytes.
/// </summary>
public static class StreamDemultiplexer
{
    private const int HeaderBytes = 8;
    private const int BufferBytes = 64 * 1024;

    /// <summary>Reads to the end of the stream.</summary>
    /// <param name="stream">The answer of attach, exec or logs.</param>
    /// <param name="isTty">A terminal's stream is not framed: all of it is output. Decided by Config.Tty, never by Content-Type.</param>
    /// <param name="output">Receives standard output; the memory is only valid during the call.</param>
    /// <param name="error">Receives standard error.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InvalidDataException">A frame has an unknown stream number or the stream ends inside a header.</exception>
    public static async Task CopyAsync(
        Stream stream, bool isTty, Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> error, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            if (isTty)
            {
                int count;
                while ((count = await stream.ReadAsync(buffer, cancellation)) > 0)
                    output(buffer.AsMemory(0, count));
                return;
            }

            byte[] header = new byte[HeaderBytes];
            while (true)
            {
                int got = await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellation);
                if (got == 0)
                    return;
                if (got < HeaderBytes)
                    throw new InvalidDataException("The engine's stream ends inside a frame header.");
                Action<ReadOnlyMemory<byte>> sink = header[0] switch
                {
                    0 or 1 => output,
                    2 or 3 => error, // 3: messages of the engine itself
                    _ => throw new InvalidDataException($"The engine's stream has a frame of unknown kind {header[0]}."),
                };
                long left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
                while (left > 0)
                {
                    int count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellation);
                    if (count == 0)
                        return; // the container or the engine went away in mid-frame; what came was passed on
                    sink(buffer.AsMemory(0, count));
                    left -= count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
