using System.Net.Security;
using System.Net.Sockets;

namespace MemTools.Containers.Engine;

/// <summary>The duplex stream after 101 UPGRADED (attach, exec): reads are the container's output, writes its standard input.</summary>
public sealed class HijackedStream : IAsyncDisposable
{
    private readonly HttpClient owner;
    private readonly HttpResponseMessage answer;
    private readonly Stream? connection;

    internal HijackedStream(HttpClient owner, HttpResponseMessage answer, Stream stream, Stream? connection)
    {
        this.owner = owner;
        this.answer = answer;
        this.connection = connection;
        Stream = stream;
    }

    /// <summary>Reads and writes.</summary>
    public Stream Stream { get; }

    /// <summary>Ends standard input while output goes on. Not for a terminal, where it would end the session.</summary>
    /// <remarks>Over a named pipe there is no half-close; the program sees the end of its input only when the session ends.</remarks>
    public async Task CloseInputAsync()
    {
        switch (connection)
        {
            case NetworkStream network:
                network.Socket.Shutdown(SocketShutdown.Send);
                break;
            case SslStream tls:
                await tls.ShutdownAsync();
                break;
            case SshStream ssh:
                ssh.CloseInput();
                break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        answer.Dispose();
        owner.Dispose();
    }
}
