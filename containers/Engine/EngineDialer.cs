using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace MemTools.Containers.Engine;

/// <summary>Opens a byte stream to the engine over any transport.</summary>
internal static class EngineDialer
{
    public static async ValueTask<Stream> DialAsync(EngineEndpoint endpoint, CancellationToken cancellation) => endpoint.Transport switch
    {
        EngineTransport.UnixSocket => await SocketAsync(
            new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            new UnixDomainSocketEndPoint(endpoint.Path), cancellation),
        EngineTransport.NamedPipe => await PipeAsync(endpoint, cancellation),
        EngineTransport.Tcp => await TcpAsync(endpoint, cancellation),
        EngineTransport.Tls => await TlsAsync(endpoint, cancellation),
        _ => SshDialer.Dial(endpoint),
    };

    private static async ValueTask<Stream> SocketAsync(Socket socket, System.Net.EndPoint address, CancellationToken cancellation)
    {
        try
        {
            await socket.ConnectAsync(address, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ValueTask<Stream> TcpAsync(EngineEndpoint endpoint, CancellationToken cancellation) => SocketAsync(
        new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        new System.Net.DnsEndPoint(endpoint.Host, endpoint.Port), cancellation);

    private static async ValueTask<Stream> PipeAsync(EngineEndpoint endpoint, CancellationToken cancellation)
    {
        var pipe = new NamedPipeClientStream(".", endpoint.Path, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(cancellation);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<Stream> TlsAsync(EngineEndpoint endpoint, CancellationToken cancellation)
    {
        Stream inner = await TcpAsync(endpoint, cancellation);
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(TlsOptions(endpoint), cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TlsOptions(EngineEndpoint endpoint)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = endpoint.Host };
        if (!endpoint.VerifyTls)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (endpoint.TlsPath is not { } folder)
            return options;

        string authority = Path.Combine(folder, "ca.pem");
        string certificate = Path.Combine(folder, "cert.pem");
        string key = Path.Combine(folder, "key.pem");
        if (endpoint.VerifyTls && File.Exists(authority))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(authority);
            options.CertificateChainPolicy = policy;
        }

        if (File.Exists(certificate) && File.Exists(key))
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        return options;
    }
}
