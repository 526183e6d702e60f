using System.Globalization;
using System.Text;
using MemTools.Reports.Errors;

namespace MemTools.Containers.Engine;

/// <summary>Reads an engine address as <c>docker --host</c> takes it.</summary>
public static class EndpointParser
{
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;
    private const string DefaultSocket = "/var/run/docker.sock";

    /// <summary>sockaddr_un has room for 108 bytes with the final zero.</summary>
    private const int MaxSocketPath = 107;

    private static readonly System.Buffers.SearchValues<char> NotInHost = System.Buffers.SearchValues.Create(" \t\r\n\\\"'`$;|&<>?#");

    /// <summary>Parses unix://, npipe://, tcp://, http(s):// and ssh:// addresses.</summary>
    /// <param name="address">The address.</param>
    /// <param name="source">What named it, for messages.</param>
    /// <param name="tlsPath">Folder with the certificates when TLS is asked for by environment or context; null when not.</param>
    /// <param name="verifyTls">False when the context says skip-verify.</param>
    /// <exception cref="MemToolsException">ContainerHostInvalid.</exception>
    /// <remarks>As docker does, an address without a scheme is TCP; an absolute path is taken for a socket.</remarks>
    public static EngineEndpoint Parse(string address, string source, string? tlsPath = null, bool verifyTls = true)
    {
        address = address.Trim();
        int split = address.IndexOf("://", StringComparison.Ordinal);
        string scheme = split >= 0 ? address[..split].ToLowerInvariant() : address.StartsWith('/') ? "unix" : "tcp";
        string rest = split < 0 ? address : address[(split + 3)..];
        switch (scheme)
        {
            case "unix" when rest.Length == 0:
                return new EngineEndpoint { Transport = EngineTransport.UnixSocket, Path = DefaultSocket, Source = source };
            case "unix" when rest.StartsWith('/') && Encoding.UTF8.GetByteCount(rest) <= MaxSocketPath:
                return new EngineEndpoint { Transport = EngineTransport.UnixSocket, Path = rest, Source = source };
            case "npipe" when rest.Length > 0:
                string pipe = rest.Replace('\\', '/').TrimStart('/');
                int name = pipe.LastIndexOf("pipe/", StringComparison.OrdinalIgnoreCase);
                return new EngineEndpoint { Transport = EngineTransport.NamedPipe, Path = name < 0 ? pipe : pipe[(name + 5)..], Source = source };
            case "tcp" or "http" or "https":
                bool tls = scheme == "https" || tlsPath is not null;
                (string host, int port, _) = SplitHost(address, rest, source);
                // Credentials in the address are not a thing of docker's, and would end in messages.
                if (host.Contains('@', StringComparison.Ordinal) || (host.Length == 0 && port == 0) || host.AsSpan().ContainsAny(NotInHost))
                    throw Invalid(address, source);
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
                string user = sshHost.Contains('@', StringComparison.Ordinal) ? sshHost[..sshHost.LastIndexOf('@')] : "";
                if (sshHost.Length == 0 || sshHost.StartsWith('-') || sshHost.EndsWith('@') || user.Contains(':', StringComparison.Ordinal)
                    || path.AsSpan().ContainsAny('?', '#') || sshHost.AsSpan().ContainsAny(NotInHost))
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

    /// <summary>What stands before an @ may be a password: it is not shown.</summary>
    private static string WithoutUser(string address)
    {
        int at = address.LastIndexOf('@');
        int start = address.IndexOf("://", StringComparison.Ordinal);
        return at < 0 ? address : address[..(start < 0 ? 0 : start + 3)] + "…" + address[at..];
    }

    private static MemToolsException Invalid(string address, string source) => new(
        "ContainerHostInvalid", MemToolsErrorCategory.InvalidArgument,
        $"'{WithoutUser(address)}' (from {source}) is not the address of a container engine.", WithoutUser(address),
        "Give unix:///path/to.sock, tcp://host:port, ssh://user@host or, on Windows, npipe:////./pipe/name.");
}
