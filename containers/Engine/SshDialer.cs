using System.Diagnostics;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>Reaches a remote engine through the system's ssh, as docker does: <c>ssh HOST -- docker system dial-stdio</c>.</summary>
internal static class SshDialer
{
    public static Stream Dial(EngineEndpoint endpoint)
    {
        var start = new ProcessStartInfo("ssh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in Arguments(endpoint))
            start.ArgumentList.Add(argument);
        try
        {
            return new ProcessStream(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new MemToolsException(
                "SshNotFound", MemToolsErrorCategory.NotInstalled, "The ssh command could not be started.", "ssh",
                "Install OpenSSH's client, or reach the engine over tcp:// with TLS.", error);
        }
    }

    /// <summary>BatchMode: a password prompt would hang where nobody can answer it.</summary>
    internal static IReadOnlyList<string> Arguments(EngineEndpoint endpoint)
    {
        var arguments = new List<string> { "-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "-T" };
        if (endpoint.Port > 0)
            arguments.AddRange(["-p", endpoint.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        arguments.AddRange(["--", endpoint.Host, "docker"]);
        if (endpoint.Path.Length > 0)
            arguments.AddRange(["--host", "unix://" + endpoint.Path]);
        arguments.AddRange(["system", "dial-stdio"]);
        return arguments;
    }

    /// <summary>The two pipes of a process as one duplex stream; the process ends with the stream.</summary>
    private sealed class ProcessStream : Stream
    {
        private readonly Process process;
        private readonly Stream input;
        private readonly Stream output;
        private readonly Task<string> errors;

        public ProcessStream(Process process)
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

        public override void Flush() => input.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => input.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await output.ReadAsync(buffer, cancellationToken);
            if (read == 0 && buffer.Length > 0 && process.WaitForExit(1000) && process.ExitCode != 0)
            {
                string message = (await errors).Trim();
                throw new IOException($"ssh ended with exit code {process.ExitCode}{(message.Length > 0 ? ": " + message : "")}");
            }

            return read;
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
}
