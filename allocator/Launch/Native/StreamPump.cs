using System.Runtime.InteropServices;

namespace MemTools.Allocators.Launch.Native;

/// <summary>
/// Reads one pipe on a thread of its own and hands on what comes, as it comes, in one buffer (64 KiB, a Linux pipe's size). The sink is
/// called on that thread: a slow sink slows the program, as a slow terminal would, and memory stays bounded.
/// </summary>
internal sealed unsafe class StreamPump : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private readonly Action<ReadOnlyMemory<byte>> sink;
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int stopEvent;
    private int readEnd;
    private int writeEnd;

    public StreamPump(Action<ReadOnlyMemory<byte>> sink)
    {
        this.sink = sink;
        int* pair = stackalloc int[2];
        if (Libc.pipe2(pair, Libc.O_CLOEXEC) != 0)
            throw new IOException("pipe: " + Marshal.GetLastPInvokeErrorMessage());
        readEnd = pair[0];
        writeEnd = pair[1];
        stopEvent = Libc.eventfd(0, Libc.O_CLOEXEC);
        if (stopEvent < 0)
            throw new IOException("eventfd: " + Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>The end that the child gets.</summary>
    public int WriteEnd => writeEnd;

    /// <summary>Ends when all writers have closed, or after <see cref="Stop"/>. Faulted when the sink threw.</summary>
    public Task Completion => completion.Task;

    /// <summary>Starts reading; the child has its copy of the write end by now.</summary>
    public void Start(string name)
    {
        CloseWriteEnd();
        new Thread(Pump, 256 * 1024) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Ends reading although somebody still holds the other end.</summary>
    public void Stop()
    {
        ulong one = 1;
        _ = Libc.write(stopEvent, &one, sizeof(ulong));
    }

    /// <summary>Closes what is open. Only after <see cref="Completion"/>, or when never started.</summary>
    public void Dispose()
    {
        CloseWriteEnd();
        CloseReadEnd();
        _ = Libc.close(stopEvent);
    }

    private void CloseReadEnd()
    {
        if (readEnd >= 0)
            _ = Libc.close(readEnd);
        readEnd = -1;
    }

    private void CloseWriteEnd()
    {
        if (writeEnd >= 0)
            _ = Libc.close(writeEnd);
        writeEnd = -1;
    }

    private void Pump()
    {
        var buffer = new byte[BufferSize];
        Exception? failure = null;
        try
        {
            while (Read(buffer) is var count and > 0)
            {
                // After a failure of the sink the pipe is still drained: the program must not hang on it.
                if (failure is not null)
                    continue;
                try
                {
                    sink(buffer.AsMemory(0, count));
                }
                catch (ReaderGoneException)
                {
                    // The program gets SIGPIPE at its next write, as it would without us in between.
                    CloseReadEnd();
                    break;
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    failure = e;
                }
            }
        }
        catch (IOException e)
        {
            failure ??= e;
        }
        if (failure is null)
            completion.SetResult();
        else
            completion.SetException(failure);
    }

    private int Read(byte[] buffer)
    {
        Libc.PollDescriptor* descriptors = stackalloc Libc.PollDescriptor[2];
        while (true)
        {
            descriptors[0] = new() { Descriptor = readEnd, Events = Libc.POLLIN };
            descriptors[1] = new() { Descriptor = stopEvent, Events = Libc.POLLIN };
            if (Libc.poll(descriptors, 2, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Libc.EINTR)
                    continue;
                throw new IOException("poll: " + Marshal.GetLastPInvokeErrorMessage());
            }
            // What is already in the pipe is read even when asked to stop, unless a writer keeps it full for ever.
            if (descriptors[0].ReturnedEvents == 0 || descriptors[1].ReturnedEvents != 0 && stopReads++ > MaximumReadsAfterStop)
                return 0;
            fixed (byte* start = buffer)
            {
                nint count = Libc.read(readEnd, start, buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (Marshal.GetLastPInvokeError() is not (Libc.EINTR or Libc.EAGAIN))
                    throw new IOException("read: " + Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    private const int MaximumReadsAfterStop = 32;
    private int stopReads;
}
