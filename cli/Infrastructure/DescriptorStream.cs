using System.ComponentModel;
using System.Runtime.InteropServices;
using MemTools.Allocators.Launch;

namespace MemTools.Cli.Infrastructure;

/// <summary>The other end of the pipe is closed.</summary>
internal sealed class BrokenPipeException() : ReaderGoneException("the reader of the output went away");

/// <summary>
/// Writes straight to a standard stream. Unlike Console's stream it starts nothing and reports a closed pipe.
/// </summary>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4, TryAgain = 11, BrokenPipe = 32;

    /// <summary>Our output or error stream; <see cref="Stream.Null"/> where the caller gave us none, as there is nobody to tell.</summary>
    public static Stream Standard(int descriptor) => StandardDescriptors.IsGiven(descriptor) ? new DescriptorStream(descriptor) : Null;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint written;
            fixed (byte* bytes = buffer)
                written = write(descriptor, bytes, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case TryAgain:
                    // Somebody made the shared descriptor non-blocking: wait for room.
                    Thread.Sleep(1);
                    break;
                case BrokenPipe:
                    throw new BrokenPipeException();
                case var error:
                    throw new IOException($"cannot write to standard {(descriptor == 1 ? "output" : "error")}: {new Win32Exception(error).Message}");
            }
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* bytes, nint count);
}
