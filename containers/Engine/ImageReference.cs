namespace MemTools.Containers.Engine;

/// <summary>An image's name taken apart: <c>[registry/]repository[:tag][@digest]</c>.</summary>
/// <param name="Registry">Host that serves it, as credentials are kept by; Docker Hub's old name when the reference names none.</param>
/// <param name="Repository">Name without tag and digest, registry included when it was written.</param>
/// <param name="Tag">Tag; null when none was written.</param>
/// <param name="Digest">Digest (<c>sha256:…</c>); null when none was written.</param>
public sealed record ImageReference(string Registry, string Repository, string? Tag, string? Digest)
{
    private const string Hub = "https://index.docker.io/v1/";

    /// <summary>Takes a reference apart as docker does: the first part is a host when it has a dot, a colon or is localhost.</summary>
    public static ImageReference Parse(string reference)
    {
        int at = reference.IndexOf('@', StringComparison.Ordinal);
        string? digest = at < 0 ? null : reference[(at + 1)..];
        string name = at < 0 ? reference : reference[..at];
        int colon = name.LastIndexOf(':');
        string? tag = null;
        if (colon > name.LastIndexOf('/'))
        {
            tag = name[(colon + 1)..];
            name = name[..colon];
        }

        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        bool isHost = first.AsSpan().ContainsAny('.', ':') || first == "localhost";
        return new ImageReference(isHost && first != "docker.io" ? first : Hub, name, tag, digest);
    }
}
