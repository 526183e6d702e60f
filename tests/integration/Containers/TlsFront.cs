using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MemTools.IntegrationTests.Containers;

/// <summary>
/// Stands before the machine's engine as one that is reached over TLS: it asks for a client certificate of its own authority, and passes bytes on. The folder
/// has what DOCKER_CERT_PATH needs.
/// </summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly X509Certificate2 authority;
    private readonly X509Certificate2 server;
    private readonly Task work;

    public TlsFront(string folder)
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1), to = from.AddDays(30);
        using RSA authorityKey = RSA.Create(2048), serverKey = RSA.Create(2048), clientKey = RSA.Create(2048);
        CertificateRequest Request(string name, RSA key) => new("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        CertificateRequest root = Request("memtools test authority", authorityKey);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = root.CreateSelfSigned(from, to);
        CertificateRequest host = Request("localhost", serverKey);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        host.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = host.Create(authority, from, to.AddDays(-1), [1]), client = Request("client", clientKey).Create(authority, from, to.AddDays(-1), [2]);
        server = X509CertificateLoader.LoadPkcs12(signed.CopyWithPrivateKey(serverKey).Export(X509ContentType.Pkcs12), null);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "cert.pem"), client.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), clientKey.ExportPkcs8PrivateKeyPem());
        listener.Start();
        work = AcceptAsync();
    }

    /// <summary>As DOCKER_HOST takes it.</summary>
    public string Host => $"tcp://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        authority.Dispose();
        server.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
            _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var secure = new SslStream(client.GetStream());
                await secure.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = server,
                        ClientCertificateRequired = true,
                        RemoteCertificateValidationCallback = (_, given, _, _) => given is X509Certificate2 certificate && IsOurs(certificate),
                    },
                    stop.Token);
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint("/var/run/docker.sock"), stop.Token);
                await using var engine = new NetworkStream(socket);
                await Task.WhenAny(secure.CopyToAsync(engine, stop.Token), engine.CopyToAsync(secure, stop.Token));
            }
            catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The other side went away, or had no certificate.
            }
        }
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
