using System.Globalization;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>Reads an engine address as <c>docker --host</c> takes it.</summary>
public static class EndpointParser
{
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    /// <summary>Parses unix://, npipe://, tcp://, http(s):// and ssh:// addresses.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">What named it, for messages.</param>
    /// <param name="tlsPath">Folder with the certificates when TLS is asked for by environment or context; null when not.</param>
    /// <param name="verifyTls">False when the context says skip-verify.</param>
    /// <exception cref="MemToolsException">ContainerHostInvalid.</exception>
    public static EngineEndpoint Parse(string address, string source, string? tlsPath = null, bool verifyTls = true)
    {
        int split = address.IndexOf("://", StringComparison.Ordinal);
        string scheme = split < 0 ? "" : address[..split].ToLowerInvariant();
        string rest = split < 0 ? address : address[(split + 3)..];
        switch (scheme)
        {
            case "unix" when rest.StartsWith('/'):
                return new EngineEndpoint { Transport = EngineTransport.UnixSocket, Path = rest, Source = source };
            case "npipe":
                string pipe = rest.TrimStart('/').Replace('\\', '/');
                int name = pipe.LastIndexOf("pipe/", StringComparison.OrdinalIgnoreCase);
                return new EngineEndpoint { Transport = EngineTransport.NamedPipe, Path = name < 0 ? pipe : pipe[(name + 5)..], Source = source };
            case "tcp" or "http" or "https":
                bool tls = scheme == "https" || tlsPath is not null;
                (string host, int port, _) = SplitHost(address, rest, source);
                return new EngineEndpoint
                {
                    Transport = tls ? EngineTransport.Tls : EngineTransport.Tcp,
                    Host = host.Length == 0 ? "127.0.0.1" : host,
                    Port = port > 0 ? port : tls ? TlsPort : PlainPort,
                    TlsPath = tlsPath,
                    VerifyTls = verifyTls,
                    Source = source,
                };
            case "ssh":
                (string sshHost, int sshPort, string path) = SplitHost(address, rest, source);
                // A host that begins with a dash would be an option to ssh.
                if (sshHost.Length == 0 || sshHost.StartsWith('-'))
                    throw Invalid(address, source);
                return new EngineEndpoint { Transport = EngineTransport.Ssh, Host = sshHost, Port = sshPort, Path = path == "/" ? "" : path, Source = source };
            default:
                throw Invalid(address, source);
        }
    }

    private static (string Host, int Port, string Path) SplitHost(string address, string rest, string source)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "" : rest[slash..];
        int colon = authority.LastIndexOf(':');
        if (colon < 0 || authority.EndsWith(']'))
            return (authority.Trim('[', ']'), 0, path);
        if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
            throw Invalid(address, source);
        return (authority[..colon].Trim('[', ']'), port, path);
    }

    private static MemToolsException Invalid(string address, string source) => new(
        "ContainerHostInvalid", MemToolsErrorCategory.InvalidArgument,
        $"'{address}' (from {source}) is not the address of a container engine.", address,
        "Give unix:///path/to.sock, tcp://host:port, ssh://user@host or, on Windows, npipe:////./pipe/name.");
}
