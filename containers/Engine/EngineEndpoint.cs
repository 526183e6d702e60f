namespace MemTools.Containers.Engine;

/// <summary>How the engine is reached.</summary>
public enum EngineTransport
{
    UnixSocket,
    NamedPipe,
    Tcp,
    Tls,
    Ssh,
}

/// <summary>An engine's address and where it was found.</summary>
public sealed record EngineEndpoint
{
    public required EngineTransport Transport { get; init; }

    /// <summary>Path of the socket or pipe; empty for network transports.</summary>
    public string Path { get; init; } = "";

    /// <summary>Host name or address; for ssh with the user in front (<c>user@host</c>) when one is given.</summary>
    public string Host { get; init; } = "";

    /// <summary>TCP port; 0 for the transport's default.</summary>
    public int Port { get; init; }

    /// <summary>Folder with ca.pem, cert.pem and key.pem; null for the machine's trust store and no client certificate.</summary>
    public string? TlsPath { get; init; }

    /// <summary>Checks the server's certificate (never off unless the context says so).</summary>
    public bool VerifyTls { get; init; } = true;

    /// <summary>What named it, for messages: <c>-ContainerHost</c>, <c>DOCKER_HOST</c>, <c>context desktop-linux</c>, <c>default socket</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>As docker writes it; carries no credentials.</summary>
    public override string ToString() => Transport switch
    {
        EngineTransport.UnixSocket => "unix://" + Path,
        EngineTransport.NamedPipe => "npipe:////./pipe/" + Path,
        EngineTransport.Ssh => "ssh://" + Host + (Port > 0 ? ":" + Port : "") + Path,
        _ => "tcp://" + Host + ":" + Port,
    };
}
