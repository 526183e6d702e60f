using System.Diagnostics;

namespace MemTools.Containers.Engine;

/// <summary>The two pipes of an ssh process as one duplex stream; the process ends with the stream.</summary>
internal sealed class SshStream : Stream
{
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    private readonly Process process;
    private readonly Stream input;
    private readonly Stream output;
    private readonly Task<string> errors;

    public SshStream(Process process)
    {
        this.process = process;
        input = process.StandardInput.BaseStream;
        output = process.StandardOutput.BaseStream;
        errors = process.StandardError.ReadToEndAsync();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Half-close: dial-stdio passes the end of its input on to the engine's socket.</summary>
    public void CloseInput() => input.Dispose();

    public override void Flush() => input.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => input.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <exception cref="IOException">ssh failed; the message is ssh's own.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await output.ReadAsync(buffer, cancellationToken);
        if (read > 0 || buffer.Length == 0)
            return read;
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(EndGrace, cancellationToken);
        }
        catch (TimeoutException)
        {
            return 0; // a half-closed session whose ssh lives on
        }

        if (process.ExitCode == 0)
            return 0;
        string message = (await errors).Trim();
        throw new IOException($"ssh ended with exit code {process.ExitCode}{(message.Length > 0 ? ": " + message : "")}");
    }

    public override void Write(byte[] buffer, int offset, int count) => input.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        input.WriteAsync(buffer, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
            if (!process.HasExited && !process.WaitForExit(200))
                process.Kill(entireProcessTree: true);
            output.Dispose();
            process.Dispose();
        }

        base.Dispose(disposing);
    }
}
