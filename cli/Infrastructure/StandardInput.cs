using System.Runtime.InteropServices;

namespace MemTools.Cli.Infrastructure;

/// <summary>Reads straight from standard input, and can tell whether more is there without waiting. Empty where the caller closed it.</summary>
internal sealed partial class StandardInput : Stream
{
    private const short PollIn = 1;
    private const int Interrupted = 4;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True when a read would not wait: there is data, or the end.</summary>
    public static bool IsReady()
    {
        if (!StandardDescriptors.IsGiven(0))
            return true;
        var entry = new PollEntry { Descriptor = 0, Events = PollIn };
        return poll(ref entry, 1, 0) > 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        if (!StandardDescriptors.IsGiven(0))
            return 0;
        fixed (byte* bytes = buffer)
        {
            nint result;
            while ((result = read(0, bytes, buffer.Length)) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                    throw new IOException($"cannot read standard input (errno {error})");
            }

            return (int)result;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollEntry entries, ulong count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Answered;
    }
}
